#!/usr/bin/env bash
#
# Makes the pictures of docs/img anew, from a real hub and front end of
# build/dev (./dev test builds both), and makes them small where pngquant is.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/../../.."

mkdir -p docs/img
FSS_BUILD_DIR=${FSS_BUILD_DIR:-$PWD/build/dev} FSS_SOURCE_DIR=$PWD \
	FSS_UI=${FSS_UI:-$PWD/build/ui} FSS_IMG=$PWD/docs/img \
	python3 -B tests/web/browser/run.py shots.mjs
if command -v pngquant >/dev/null; then
	pngquant --force --ext .png --speed 1 --strip 64 docs/img/*.png
else
	echo "shots: install pngquant to make the pictures small" >&2
fi
ls -l docs/img
