# What the project is built on, by pkg-config; why each is here: ./dev.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(ZMQ REQUIRED IMPORTED_TARGET libzmq>=4.3)
pkg_check_modules(MSGPACK REQUIRED IMPORTED_TARGET msgpack>=4)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3>=3.40)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium>=1.0.18)
pkg_check_modules(CRYPTO REQUIRED IMPORTED_TARGET libcrypto>=3)
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc>=2.6)
# Of the programs only.
pkg_check_modules(INIH REQUIRED IMPORTED_TARGET inih)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)

set(fss_depends PkgConfig::ZMQ PkgConfig::MSGPACK PkgConfig::SQLITE
	PkgConfig::SODIUM PkgConfig::CRYPTO PkgConfig::UTF8PROC
	Threads::Threads)
set(fss_requires_private "libzmq msgpack sqlite3 libsodium libcrypto libutf8proc")
