# What the project is built on, by pkg-config; why each is here: ./dev.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(ZMQ REQUIRED IMPORTED_TARGET libzmq>=4.3)
pkg_check_modules(MSGPACK REQUIRED IMPORTED_TARGET msgpack>=4)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3>=3.40)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium>=1.0.18)
pkg_check_modules(CRYPTO REQUIRED IMPORTED_TARGET libcrypto>=3)
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc>=2.6)
# Optional: many SHA-256 at once; without it they are done one by one.
find_library(MULTIBUFFER_LIBRARY IPSec_MB)
find_path(MULTIBUFFER_INCLUDE intel-ipsec-mb.h)
# Of the programs only.
pkg_check_modules(INIH REQUIRED IMPORTED_TARGET inih)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)

set(fss_depends PkgConfig::ZMQ PkgConfig::MSGPACK PkgConfig::SQLITE
	PkgConfig::SODIUM PkgConfig::CRYPTO PkgConfig::UTF8PROC
	Threads::Threads)
set(fss_requires_private "libzmq msgpack sqlite3 libsodium libcrypto libutf8proc")
if(MULTIBUFFER_LIBRARY AND MULTIBUFFER_INCLUDE)
	set(fss_multibuffer 1)
	list(APPEND fss_depends IPSec_MB)
	set(fss_libs_private " -lIPSec_MB")
else()
	set(fss_multibuffer 0)
endif()
message(STATUS "Multi-Buffer library: ${MULTIBUFFER_LIBRARY}")
