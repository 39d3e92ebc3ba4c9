# Components: runtime (the shared library), devel, daemon, tools, web.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/fss)

install(TARGETS fss EXPORT fss-targets
	LIBRARY COMPONENT runtime NAMELINK_COMPONENT devel
	FILE_SET HEADERS COMPONENT devel)
install(TARGETS fss_static EXPORT fss-static
	ARCHIVE COMPONENT devel)
# Two sets, so that users of the shared library need not have the
# development files of what it is built on.
install(EXPORT fss-targets NAMESPACE fss:: DESTINATION ${package_dir}
	COMPONENT devel)
install(EXPORT fss-static NAMESPACE fss:: DESTINATION ${package_dir}
	COMPONENT devel)

configure_package_config_file(cmake/fss-config.cmake.in fss-config.cmake
	INSTALL_DESTINATION ${package_dir}
	NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(fss-config-version.cmake
	COMPATIBILITY SameMinorVersion)
install(FILES
	${PROJECT_BINARY_DIR}/fss-config.cmake
	${PROJECT_BINARY_DIR}/fss-config-version.cmake
	DESTINATION ${package_dir} COMPONENT devel)

configure_file(cmake/fss.pc.in fss.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/fss.pc
	DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT devel)

# A program's unit says where it was installed to.
function(fss_install_unit program component)
	file(READ ${program}/${program}.service unit)
	string(REPLACE "/usr/sbin" "${CMAKE_INSTALL_FULL_SBINDIR}" unit
		"${unit}")
	file(CONFIGURE OUTPUT ${program}.service CONTENT "${unit}" @ONLY)
	install(FILES ${PROJECT_BINARY_DIR}/${program}.service
		DESTINATION lib/systemd/system COMPONENT ${component})
endfunction()

if(TARGET fssd)
	install(TARGETS fssd RUNTIME COMPONENT daemon
		DESTINATION ${CMAKE_INSTALL_SBINDIR})
	fss_install_unit(fssd daemon)
endif()
if(TARGET fssweb_module)
	# kore, Debian's, is found by name.
	install(TARGETS fssweb RUNTIME COMPONENT web
		DESTINATION ${CMAKE_INSTALL_SBINDIR})
	install(TARGETS fssweb_module LIBRARY COMPONENT web
		DESTINATION ${module_dir})
	install(FILES docs/man/fssweb.8 COMPONENT web
		DESTINATION ${CMAKE_INSTALL_MANDIR}/man8)
	fss_install_unit(fssweb web)
endif()
if(TARGET fssctl)
	install(TARGETS fssctl RUNTIME COMPONENT tools)
	configure_file(fssctl/fss-agent.service.in fss-agent.service @ONLY)
	install(FILES ${PROJECT_BINARY_DIR}/fss-agent.service
		DESTINATION lib/systemd/user COMPONENT tools)
endif()

# docs/man/fssctl.1 goes to share/man/man1, with the part it describes.
foreach(pair 1:tools 3:devel 5:daemon 7:runtime 8:daemon)
	string(REPLACE ":" ";" pair ${pair})
	list(GET pair 0 section)
	list(GET pair 1 component)
	file(GLOB pages CONFIGURE_DEPENDS
		${PROJECT_SOURCE_DIR}/docs/man/*.${section})
	list(FILTER pages EXCLUDE REGEX "/fssweb\\.8$")
	if(pages)
		install(FILES ${pages} COMPONENT ${component} DESTINATION
			${CMAKE_INSTALL_MANDIR}/man${section})
	endif()
endforeach()
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT runtime)
