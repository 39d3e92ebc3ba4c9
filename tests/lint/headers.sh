#!/usr/bin/env bash
# Each public header compiles on its own and twice over, as C11 and as C++17,
# without a warning.
set -euo pipefail
root=${FSS_SOURCE_DIR:-$(cd "$(dirname "$0")/../.." && pwd)}
cc=${FSS_CC:-cc}
cxx=c++
case "$cc" in
*clang) command -v "$cc++" >/dev/null && cxx=$cc++ ;;
esac
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
warnings="-pedantic -Wall -Wextra -Wshadow -Werror -fsyntax-only"

# alone INCLUDE_DIR HEADER: silent on success
alone() {
	printf '#include <%s>\n#include <%s>\nextern int x;\n' "$2" "$2" \
		>"$scratch/a.c"
	cp "$scratch/a.c" "$scratch/a.cc"
	# shellcheck disable=SC2086 # words
	"$cc" -std=c11 -Wstrict-prototypes $warnings -I"$1" "$scratch/a.c" &&
		"$cxx" -std=c++17 $warnings -I"$1" "$scratch/a.cc"
}

expect_bad() {
	printf '%b' "$1" >"$scratch/bad.h"
	if alone "$scratch" bad.h 2>/dev/null; then
		printf 'self-test: not detected: %s\n' "$1"
		exit 1
	fi
}
expect_bad 'uint8_t\tf(void);\n'			# not self-contained
expect_bad 'struct s { int a; };\n'			# no guard
expect_bad '#ifndef A\n#define A\nint f();\n#endif\n'	# no prototype
expect_bad '#ifndef A\n#define A\nint f(int class);\n#endif\n'	# not C++
printf '#ifndef A\n#define A\nint f(void);\n#endif\n' >"$scratch/good.h"
alone "$scratch" good.h

n=0 failed=0
while read -r header; do
	n=$((n + 1))
	alone "$root/include" "$header" || failed=$((failed + 1))
	# What C++ is to link with must be declared as C.
	if grep -q '^FSS_API' "$root/include/$header" &&
		! grep -q '^extern "C" {' "$root/include/$header"; then
		echo "$header: functions outside of extern \"C\""
		failed=$((failed + 1))
	fi
done < <(cd "$root/include" && find fss -name '*.h' | sort)
echo "$n headers checked, $failed problems"
[ "$n" -gt 0 ] && [ "$failed" -eq 0 ]
