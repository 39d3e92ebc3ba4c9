# fssweb: the web front end, a module for Debian's kore, and its launcher.
#
# The module sees the public headers and the shared library, and Kore's; it
# must be compiled with the very flags Kore was (its features file).
find_file(KORE_FEATURES features PATHS /usr/share/kore NO_DEFAULT_PATH)
find_path(KORE_INCLUDE kore/kore.h)
find_program(KORE_PROGRAM kore)
pkg_check_modules(OPENSSL REQUIRED IMPORTED_TARGET libssl>=3)
pkg_check_modules(LIBARCHIVE REQUIRED IMPORTED_TARGET libarchive)

# What needs neither Kore nor the hub; the tests and the launcher link it.
set(web ${PROJECT_SOURCE_DIR}/fssweb)
add_library(fssweb_text STATIC ${web}/uri.c ${web}/field.c ${web}/range.c
	${web}/head.c ${web}/address.c ${web}/frame.c ${web}/logline.c
	${web}/html.c ${web}/media.c ${web}/multipart.c ${web}/tus_meta.c
	${web}/base64.c ${web}/mac.c ${web}/link_cookie.c)
target_include_directories(fssweb_text PUBLIC ${web}
	PRIVATE ${PROJECT_SOURCE_DIR}/include)
target_link_libraries(fssweb_text PRIVATE fss_flags PkgConfig::JANSSON
	PkgConfig::CRYPTO)

file(GLOB launcher CONFIGURE_DEPENDS ${web}/launch/*.c)
add_executable(fssweb ${launcher} ${web}/settings.c)
target_include_directories(fssweb PRIVATE ${web})
target_link_libraries(fssweb PRIVATE fss_flags fssweb_text fss_daemon
	fss::fss)
set(module_dir ${CMAKE_INSTALL_LIBDIR}/fss)
# From the program's folder, so that what is installed may lie anywhere.
file(RELATIVE_PATH module_from ${CMAKE_INSTALL_FULL_SBINDIR}
	${CMAKE_INSTALL_FULL_LIBDIR}/fss/fssweb.so)
file(RELATIVE_PATH ui_from ${CMAKE_INSTALL_FULL_SBINDIR}
	${CMAKE_INSTALL_FULL_DATADIR}/fss/ui)
target_compile_definitions(fssweb PRIVATE _GNU_SOURCE
	FSSWEB_MODULE="${module_from}" FSSWEB_UI="${ui_from}")

if(NOT KORE_FEATURES OR NOT KORE_INCLUDE OR NOT KORE_PROGRAM)
	message(STATUS "fssweb's module is left out: Debian's package kore "
		"is not there (./dev installs it)")
	return()
endif()

file(READ ${KORE_FEATURES} features)
string(STRIP "${features}" features)
separate_arguments(features UNIX_COMMAND "${features}")
# Everything but the table of routes, which the tests have one of their own.
file(GLOB sources CONFIGURE_DEPENDS ${web}/*.c)
set(routes ${sources})
list(FILTER routes INCLUDE REGEX "routes\\.c$")
list(FILTER sources EXCLUDE REGEX "routes\\.c$")
add_library(fssweb_objects OBJECT ${sources})

# fssweb_kore_module(TARGET OUTPUT_NAME SOURCES...)
function(fssweb_kore_module target output)
	add_library(${target} MODULE $<TARGET_OBJECTS:fssweb_objects> ${ARGN})
	set_target_properties(${target} PROPERTIES PREFIX ""
		OUTPUT_NAME ${output})
	fssweb_kore_flags(${target})
endfunction()

function(fssweb_kore_flags target)
	target_compile_options(${target} PRIVATE ${features})
	# Kore is written in GNU C; its symbols come from the program that
	# loads us.
	target_compile_definitions(${target} PRIVATE _GNU_SOURCE)
	target_include_directories(${target} SYSTEM PRIVATE ${KORE_INCLUDE})
	target_include_directories(${target} PRIVATE ${web})
	target_link_libraries(${target} PRIVATE fss_flags fss::fss fss_words
		fss_daemon PkgConfig::LIBARCHIVE PkgConfig::JANSSON PkgConfig::OPENSSL
		PkgConfig::CRYPTO Threads::Threads)
endfunction()

fssweb_kore_flags(fssweb_objects)
fssweb_kore_module(fssweb_module fssweb ${routes})
if(FSS_TESTS)
	file(GLOB probe CONFIGURE_DEPENDS
		${PROJECT_SOURCE_DIR}/tests/web/probe/*.c)
	fssweb_kore_module(fssweb_probe fssweb_probe ${probe})
endif()
