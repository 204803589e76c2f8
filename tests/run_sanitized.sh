#!/bin/sh
# Builds the package with AddressSanitizer and UndefinedBehaviorSanitizer in build/sanitize, and runs
# the tests of the C code on it; any report ends the run. What the tests need comes from the
# environment of the Python that is given; the extensions in the source are left alone.
#
#     sh tests/run_sanitized.sh PYTHON [PYTEST ARGUMENTS]
set -eu
python=$(realpath -s "$1")
shift
cd "$(dirname "$0")/.."
library=$("${CC:-cc}" -print-file-name=libasan.so)
if [ ! -e "$library" ]; then
    echo "sanitize: ${CC:-cc} has no AddressSanitizer (libasan); nothing was checked" >&2
    exit 0
fi
rm -rf build/sanitize
mkdir -p build/sanitize/source
# Without what others may be writing meanwhile.
tar -cf - --exclude='*.so' --exclude=__pycache__ --exclude=rocq hrgeom hrgeom_command.py proofs pyproject.toml \
    setup.py MANIFEST.in README.md LICENSE | tar -xf - -C build/sanitize/source
cp -Rp tests conftest.py pyproject.toml build/sanitize
cd build/sanitize
# The last -O counts: with more of it, the checks in what is inlined take minutes to compile.
cat > compiler <<SCRIPT
#!/bin/sh
exec ${CC:-cc} "\$@" -O0 -g1 -fno-omit-frame-pointer -fsanitize=address,undefined \
    -fno-sanitize-recover=all
SCRIPT
chmod +x compiler
# A planted fault must be found, or all that follows would mean nothing.
echo 'int main(int n, char **words) { int x[4] = {0}; return (void)words, x[n + 3]; }' > planted.c
./compiler planted.c -o planted
if ./planted 2> planted.txt; then
    echo "sanitize: a read outside an array was not found" >&2
    exit 1
fi
grep -q "out of bounds\|overflow" planted.txt
CC="$PWD/compiler" "$python" -m pip install --quiet --no-deps --target installed ./source
rm -rf source
# Python does not give all of its memory back at its end, which is no leak of ours.
export ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1
export UBSAN_OPTIONS=print_stacktrace=1
export LD_PRELOAD="$(realpath "$library")"
export PYTHONPATH="$PWD/installed" HYPOTHESIS_PROFILE=quick OPENBLAS_NUM_THREADS=1
"$python" - <<'PYTHON'
from pathlib import Path

from hrgeom._native import library

for extension in (library.native_library(), library.descent_library()):
    assert extension is not None, "the extensions must be built"
    assert Path.cwd() in Path(extension.__file__).parents, extension.__file__
    assert b"__asan_report" in Path(extension.__file__).read_bytes(), "no sanitizer in it"
assert "libasan" in Path("/proc/self/maps").read_text(), "the sanitizer must be loaded"
PYTHON
if [ $# -eq 0 ]; then
    set -- tests/fuzz/test_fuzz_native.py tests/checker/test_kernels.py tests/checker/test_near_ties.py \
        tests/checker/test_int8.py tests/checker/test_tree_filter.py tests/checker/test_sweep.py \
        tests/constructions/test_pq_tree.py tests/descent/test_passes.py
fi
exec "$python" -m pytest -q -p no:cacheprovider -o addopts='--strict-markers' -m 'not slow' "$@"
