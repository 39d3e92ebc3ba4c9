# The programs.  They see the public headers and the shared library, as
# anybody's program does.
function(fss_program name folder)
	file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.c)
	if(NOT sources)
		return()
	endif()
	add_executable(${name} ${sources})
	target_include_directories(${name} PRIVATE
		${PROJECT_SOURCE_DIR}/${folder})
	target_link_libraries(${name} PRIVATE fss_flags fss::fss ${ARGN}
		Threads::Threads)
endfunction()

# Words and JSON of rows, for the programs that show them.
file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/words/*.c)
add_library(fss_words STATIC ${sources})
set_target_properties(fss_words PROPERTIES POSITION_INDEPENDENT_CODE ON)
target_include_directories(fss_words PUBLIC ${PROJECT_SOURCE_DIR}/words)
target_link_libraries(fss_words PRIVATE fss_flags fss::fss
	PUBLIC PkgConfig::JANSSON)

# What fssd and fssweb have in common.
file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/daemon/*.c)
add_library(fss_daemon STATIC ${sources})
set_target_properties(fss_daemon PROPERTIES POSITION_INDEPENDENT_CODE ON)
target_include_directories(fss_daemon PUBLIC ${PROJECT_SOURCE_DIR}/daemon)
target_link_libraries(fss_daemon PRIVATE fss_flags fss::fss
	PUBLIC PkgConfig::INIH)

fss_program(fssd fssd fss_daemon PkgConfig::JANSSON)
fss_program(fssctl fssctl PkgConfig::INIH PkgConfig::JANSSON fss_words)

# examples/put.c is build/.../examples/put.
if(FSS_EXAMPLES)
	file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/examples/*.c)
	foreach(source IN LISTS sources)
		get_filename_component(stem ${source} NAME_WE)
		add_executable(example_${stem} ${source})
		target_link_libraries(example_${stem} PRIVATE fss_flags
			fss::fss)
		set_target_properties(example_${stem} PROPERTIES
			OUTPUT_NAME ${stem}
			RUNTIME_OUTPUT_DIRECTORY
			${PROJECT_BINARY_DIR}/examples)
	endforeach()
endif()
