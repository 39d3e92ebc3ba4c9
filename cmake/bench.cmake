# Benchmarks: bench/NAME.c, with hub.c, peer.c and ask.c for those that need a
# hub, is build/.../bench_NAME, on the archive as the tests are.  Nothing runs
# them but people, and ./dev bench; they are built with all else, so that they
# keep up with it.
foreach(name micro store search floor path sessions requests small find
	listed stalled)
	add_executable(bench_${name} ${PROJECT_SOURCE_DIR}/bench/${name}.c)
	target_link_libraries(bench_${name} PRIVATE fss_flags)
endforeach()
foreach(name micro store search floor path)
	fss_test_link(bench_${name})
endforeach()
foreach(name sessions requests small find listed stalled)
	target_sources(bench_${name} PRIVATE
		${PROJECT_SOURCE_DIR}/bench/hub.c
		${PROJECT_SOURCE_DIR}/bench/peer.c
		${PROJECT_SOURCE_DIR}/bench/ask.c)
	fss_test_link(bench_${name})
endforeach()
# A client of the web front end, which knows TLS and nothing of libfss.
add_executable(bench_pages ${PROJECT_SOURCE_DIR}/bench/pages.c)
target_compile_definitions(bench_pages PRIVATE _GNU_SOURCE)
target_link_libraries(bench_pages PRIVATE fss_flags PkgConfig::OPENSSL
	PkgConfig::CRYPTO)
