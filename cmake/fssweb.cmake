# fssweb: the web front end, a module for Debian's kore, and its launcher.
#
# The module sees the public headers and the shared library, and Kore's; it
# must be compiled with the very flags Kore was (its features file).
find_file(KORE_FEATURES features PATHS /usr/share/kore NO_DEFAULT_PATH)
find_path(KORE_INCLUDE kore/kore.h)
find_program(KORE_PROGRAM kore)
pkg_check_modules(OPENSSL REQUIRED IMPORTED_TARGET libssl>=3)

# What needs neither Kore nor the hub; the tests and the launcher link it.
set(web ${PROJECT_SOURCE_DIR}/fssweb)
add_library(fssweb_text STATIC ${web}/uri.c ${web}/field.c ${web}/range.c
	${web}/head.c ${web}/address.c ${web}/frame.c ${web}/logline.c)
target_include_directories(fssweb_text PUBLIC ${web})
target_link_libraries(fssweb_text PRIVATE fss_flags fss::fss
	PkgConfig::JANSSON)

file(GLOB launcher CONFIGURE_DEPENDS ${web}/launch/*.c)
add_executable(fssweb ${launcher} ${web}/settings.c)
target_include_directories(fssweb PRIVATE ${web})
target_link_libraries(fssweb PRIVATE fss_flags fssweb_text fss::fss
	PkgConfig::INIH)
set(module_dir ${CMAKE_INSTALL_LIBDIR}/fss)
target_compile_definitions(fssweb PRIVATE _GNU_SOURCE
	FSSWEB_MODULE="${CMAKE_INSTALL_PREFIX}/${module_dir}/fssweb.so")

if(NOT KORE_FEATURES OR NOT KORE_INCLUDE OR NOT KORE_PROGRAM)
	message(STATUS "fssweb's module is left out: Debian's package kore "
		"is not there (./dev installs it)")
	return()
endif()

file(READ ${KORE_FEATURES} features)
string(STRIP "${features}" features)
separate_arguments(features UNIX_COMMAND "${features}")
file(GLOB sources CONFIGURE_DEPENDS ${web}/*.c)
add_library(fssweb_module MODULE ${sources})
set_target_properties(fssweb_module PROPERTIES PREFIX ""
	OUTPUT_NAME fssweb)
target_compile_options(fssweb_module PRIVATE ${features})
# Kore is written in GNU C; its symbols come from the program that loads us.
target_compile_definitions(fssweb_module PRIVATE _GNU_SOURCE)
target_include_directories(fssweb_module SYSTEM PRIVATE ${KORE_INCLUDE})
target_include_directories(fssweb_module PRIVATE ${web})
target_link_libraries(fssweb_module PRIVATE fss_flags fss::fss
	PkgConfig::JANSSON PkgConfig::INIH PkgConfig::OPENSSL
	PkgConfig::CRYPTO)
