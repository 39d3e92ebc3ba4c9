# Tests, one ctest entry per file, found by their place and name:
#
# tests/unit/test_*.c    cmocka, on the archive          label unit
# tests/fault/test_*.c   the same, slower                label fault
# tests/sim/*.c          one program: many seeds         label sim
# tests/fuzz/fuzz_*.c    replay of tests/fuzz/corpus/*   label fuzz
# tests/e2e/*.sh, *.py   against the built programs      label e2e
# tests/web/*.py         the front end, over TLS         label web
# tests/abi/*.py         the binary interface            label abi
# tests/perf/perf_*.c    instructions, counted           label perf
# tests/lint/*.py, *.sh  the source itself               label lint
# tests/web/browser/*.mjs  the page in Chromium          label browser
# fssweb/ui/test/*.ts    the page's own                  label ui
# bindings/python/tests/test_*.py  pytest, and doctests  label python
#
# Of unit and fuzz tests those named web_* link the pure part of fssweb.
# tests/support/*.c, where there are any, are linked into unit, fault and fuzz
# tests.  Scripts whose names begin with lib, common or _ are not tests but
# read by some.
pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)
find_program(BASH bash REQUIRED)
find_program(PYTHON3 python3 REQUIRED)

set(tests ${PROJECT_SOURCE_DIR}/tests)
set(fss_test_environment
	FSS_BUILD_DIR=${PROJECT_BINARY_DIR}
	FSS_SOURCE_DIR=${PROJECT_SOURCE_DIR}
	FSS_SANITIZE=${FSS_SANITIZE}
	FSS_CC=${CMAKE_C_COMPILER}
	ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1
	UBSAN_OPTIONS=print_stacktrace=1
	LSAN_OPTIONS=suppressions=${tests}/lsan.supp:print_suppressions=0
	TSAN_OPTIONS=suppressions=${tests}/tsan.supp:halt_on_error=1)

# Seconds until a test counts as hanging; what looks at every access is slow.
function(fss_test label name timeout)
	if(FSS_SANITIZE)
		math(EXPR timeout "4 * ${timeout}")
	endif()
	add_test(NAME ${label}/${name} COMMAND ${ARGN})
	set_tests_properties(${label}/${name} PROPERTIES
		LABELS ${label} TIMEOUT ${timeout}
		ENVIRONMENT "${fss_test_environment}")
endfunction()

file(GLOB support CONFIGURE_DEPENDS ${tests}/support/*.c)
add_library(fss_test INTERFACE)
target_include_directories(fss_test INTERFACE
	${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/libfss
	${PROJECT_SOURCE_DIR}/words ${tests}/support)
target_link_libraries(fss_test INTERFACE fss_flags fss_static
	${fss_depends})
if(support)
	add_library(fss_support STATIC ${support})
	target_link_libraries(fss_support PRIVATE fss_test PkgConfig::CMOCKA)
endif()

# The archive comes before and after what it needs and what needs it.
function(fss_test_link target)
	target_link_libraries(${target} PRIVATE
		$<$<TARGET_EXISTS:fss_support>:fss_support> fss_test ${ARGN})
endfunction()

foreach(label unit fault)
	file(GLOB sources CONFIGURE_DEPENDS ${tests}/${label}/test_*.c)
	foreach(source IN LISTS sources)
		get_filename_component(stem ${source} NAME_WE)
		string(REGEX REPLACE "^test_" "" name ${stem})
		set(target ${label}_${name})
		add_executable(${target} ${source})
		if(name MATCHES "^web_")
			target_link_libraries(${target} PRIVATE fssweb_text)
		endif()
		fss_test_link(${target} PkgConfig::CMOCKA)
		fss_test(${label} ${name} 600 ${target})
	endforeach()
endforeach()

# One program of all its files.
file(GLOB sources CONFIGURE_DEPENDS ${tests}/sim/*.c)
add_executable(sim ${sources})
fss_test_link(sim PkgConfig::CMOCKA)
fss_test(sim sim 1800 sim)

file(GLOB sources CONFIGURE_DEPENDS ${tests}/fuzz/fuzz_*.c)
foreach(source IN LISTS sources)
	get_filename_component(stem ${source} NAME_WE)
	string(REGEX REPLACE "^fuzz_" "" name ${stem})
	if(FSS_FUZZ)
		add_executable(${stem} ${source})
		target_link_options(${stem} PRIVATE -fsanitize=fuzzer)
		set(replay -runs=0)
	else()
		add_executable(${stem} ${source} ${tests}/fuzz/standalone.c)
		set(replay)
	endif()
	if(name MATCHES "^web_")
		target_link_libraries(${stem} PRIVATE fssweb_text)
	endif()
	fss_test_link(${stem})
	fss_test(fuzz ${name} 600 ${stem} ${replay} ${tests}/fuzz/corpus/${name})
endforeach()

function(fss_scripts label timeout)
	file(GLOB scripts CONFIGURE_DEPENDS RELATIVE ${tests}/${label}
		${tests}/${label}/*.sh ${tests}/${label}/*.py)
	list(FILTER scripts EXCLUDE REGEX "^(lib|common|_)")
	foreach(script IN LISTS scripts)
		string(REGEX REPLACE "\\.(sh|py)$" "" name ${script})
		set(interpreter ${BASH})
		if(script MATCHES "\\.py$")
			set(interpreter ${PYTHON3} -B)
		endif()
		fss_test(${label} ${name} ${timeout} ${interpreter}
			${tests}/${label}/${script})
	endforeach()
endfunction()

# Workloads whose instructions are counted; a sanitizer's would be counted too.
file(GLOB sources CONFIGURE_DEPENDS ${tests}/perf/perf_*.c)
foreach(source IN LISTS sources)
	get_filename_component(target ${source} NAME_WE)
	string(REGEX REPLACE "^perf_" "" name ${target})
	add_executable(${target} ${source} ${tests}/perf/main.c)
	fss_test_link(${target} PkgConfig::CMOCKA)
	if(NOT FSS_SANITIZE AND NOT FSS_COVERAGE)
		fss_test(perf ${name} 300 ${PYTHON3} -B ${tests}/perf/counts.py
			${name})
		set_tests_properties(perf/${name} PROPERTIES SKIP_RETURN_CODE 77)
	endif()
endforeach()

fss_scripts(lint 300)
fss_scripts(abi 600)
fss_scripts(e2e 3600)
# A sanitized module cannot be loaded by Debian's kore.
if(TARGET fssweb_module AND NOT FSS_SANITIZE)
	fss_scripts(web 1800)
endif()

# The page: its own tests and checks (label ui), and in a browser against real
# processes (label browser).
if(TARGET ui)
	function(fss_ui_test name)
		add_test(NAME ui/${name} COMMAND ${NODE} ${ARGN}
			WORKING_DIRECTORY ${fss_ui_source})
		set_tests_properties(ui/${name} PROPERTIES LABELS ui TIMEOUT 900
			ENVIRONMENT "FSS_UI_OUT=${fss_ui};TZ=UTC;LANG=C.UTF-8")
	endfunction()
	fss_ui_test(unit node_modules/vitest/vitest.mjs run)
	fss_ui_test(types node_modules/typescript/bin/tsc --noEmit)
	fss_ui_test(types_of_tests node_modules/typescript/bin/tsc --noEmit
		-p tsconfig.test.json)
	fss_ui_test(size scripts/size.mjs)

	find_program(CHROMIUM chromium)
	if(CHROMIUM AND TARGET fssweb_module AND NOT FSS_SANITIZE)
		file(GLOB scripts CONFIGURE_DEPENDS RELATIVE ${tests}/web/browser
			${tests}/web/browser/[0-9]*.mjs)
		foreach(script IN LISTS scripts)
			string(REGEX REPLACE "\\.mjs$" "" name ${script})
			fss_test(browser ${name} 1800 ${PYTHON3} -B
				${tests}/web/browser/run.py ${script})
			set_property(TEST browser/${name} APPEND PROPERTY ENVIRONMENT
				FSS_UI=${fss_ui} FSS_NODE=${NODE}
				FSS_CHROMIUM=${CHROMIUM})
		endforeach()
	endif()
endif()

# The Python binding, with the Python that Debian's packages are for; that on
# the PATH may be another one.  A sanitized library cannot be loaded into it.
find_program(PYTHON3_SYSTEM python3 PATHS /usr/bin NO_DEFAULT_PATH)
if(NOT PYTHON3_SYSTEM)
	set(PYTHON3_SYSTEM ${PYTHON3})
endif()
set(python ${PROJECT_SOURCE_DIR}/bindings/python)
set(python_skipped)
if(FSS_SANITIZE)
	set(python_skipped "the sanitizers cannot be loaded into Python")
else()
	foreach(module pytest hypothesis mypy fsspec)
		execute_process(COMMAND ${PYTHON3_SYSTEM} -c "import ${module}"
			RESULT_VARIABLE result ERROR_QUIET)
		if(result)
			set(python_skipped
				"${PYTHON3_SYSTEM} has no ${module} (./dev)")
		endif()
	endforeach()
endif()
function(fss_python name)
	if(python_skipped)
		fss_test(python ${name} 60 ${CMAKE_COMMAND} -E echo
			"skipped: ${python_skipped}")
		set_tests_properties(python/${name} PROPERTIES
			SKIP_REGULAR_EXPRESSION "^skipped:")
		return()
	endif()
	fss_test(python ${name} 600 ${PYTHON3_SYSTEM} -B -m pytest -q -rs
		${ARGN})
	set_tests_properties(python/${name} PROPERTIES
		WORKING_DIRECTORY ${python})
endfunction()
file(GLOB scripts CONFIGURE_DEPENDS RELATIVE ${python}/tests
	${python}/tests/test_*.py)
foreach(script IN LISTS scripts)
	string(REGEX REPLACE "^test_(.*)\\.py$" "\\1" name ${script})
	fss_python(${name} tests/${script})
endforeach()
fss_python(doctest --doctest-modules fss)
