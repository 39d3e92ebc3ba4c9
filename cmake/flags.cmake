# Compiler and linker flags: the interface target fss_flags carries them.
include(CheckPIESupported)
check_pie_supported(LANGUAGES C)

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
# Beyond -O2 nothing was measured to gain.  Line tables cost nothing at run
# time and make a report from the field readable.
set(CMAKE_C_FLAGS_RELEASE "-O2 -g1 -DNDEBUG")
set(CMAKE_C_FLAGS_DEBUG "-Og -g")

add_library(fss_flags INTERFACE)
target_compile_definitions(fss_flags INTERFACE _POSIX_C_SOURCE=200809L)
target_compile_options(fss_flags INTERFACE
	-pedantic -Wall -Wextra -Wshadow -Wstrict-prototypes
	-Wmissing-prototypes -Wpointer-arith -Wcast-qual -Wwrite-strings
	-Wvla -fstack-protector-strong -fno-omit-frame-pointer)
target_link_options(fss_flags INTERFACE -Wl,-z,relro -Wl,-z,now)

if(FSS_SANITIZE)
	target_compile_options(fss_flags INTERFACE
		-fsanitize=${FSS_SANITIZE} -fno-sanitize-recover=all)
	target_link_options(fss_flags INTERFACE -fsanitize=${FSS_SANITIZE})
else()
	# The sanitizers bring checked copies of their own, and clang's
	# runtime lives in the program, so its shared objects stay undefined.
	target_compile_options(fss_flags INTERFACE
		$<$<CONFIG:Release>:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2>)
	# A module takes symbols from the program that loads it.
	target_link_options(fss_flags INTERFACE
		$<$<NOT:$<STREQUAL:$<TARGET_PROPERTY:TYPE>,MODULE_LIBRARY>>:-Wl,-z,defs>)
endif()
if(FSS_FUZZ)
	if(NOT CMAKE_C_COMPILER_ID MATCHES "Clang")
		message(FATAL_ERROR "FSS_FUZZ needs clang")
	endif()
	target_compile_options(fss_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(FSS_COVERAGE)
	target_compile_options(fss_flags INTERFACE --coverage)
	target_link_options(fss_flags INTERFACE --coverage)
endif()
