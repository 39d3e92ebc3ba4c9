# libfss: compiled once, linked twice.
#
# fss         the shared library, exporting libfss.map's names only
# fss_static  the archive; the tests link it to reach what is not exported
file(GLOB fss_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/libfss/*/*.c)
file(GLOB_RECURSE fss_headers CONFIGURE_DEPENDS
	${PROJECT_SOURCE_DIR}/include/fss/*.h)

add_library(fss_objects OBJECT ${fss_sources})
target_include_directories(fss_objects PRIVATE
	${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/libfss)
target_compile_definitions(fss_objects PRIVATE
	FSS_MULTIBUFFER=${fss_multibuffer})
target_link_libraries(fss_objects PRIVATE fss_flags ${fss_depends})

set(fss_map ${PROJECT_SOURCE_DIR}/libfss/libfss.map)
add_library(fss SHARED $<TARGET_OBJECTS:fss_objects>)
add_library(fss::fss ALIAS fss)
target_sources(fss PUBLIC FILE_SET HEADERS
	BASE_DIRS ${PROJECT_SOURCE_DIR}/include FILES ${fss_headers})
target_link_libraries(fss PRIVATE fss_flags ${fss_depends})
target_link_options(fss PRIVATE -Wl,--version-script=${fss_map})
set_target_properties(fss PROPERTIES
	VERSION ${FSS_SOVERSION}.${PROJECT_VERSION}
	SOVERSION ${FSS_SOVERSION}
	LINK_DEPENDS ${fss_map}
	LINKER_LANGUAGE C)

add_library(fss_static STATIC $<TARGET_OBJECTS:fss_objects>)
add_library(fss::static ALIAS fss_static)
target_include_directories(fss_static INTERFACE
	$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
	$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_libraries(fss_static PRIVATE ${fss_depends})
set_target_properties(fss_static PROPERTIES
	OUTPUT_NAME fss EXPORT_NAME static LINKER_LANGUAGE C)

# Each public header compiles on its own, with every build.
add_custom_target(fss_headers_alone ALL)
add_dependencies(fss_headers_alone fss_verify_interface_header_sets)
