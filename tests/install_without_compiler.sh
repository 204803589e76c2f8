#!/bin/sh
# Installs the source tree where no C compiler can be found, and checks that the install
# succeeds, that commands say which kernel serves, and that they work.
set -eu
python=${1:-python3}
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# A copy without build leftovers, so that no old extension is picked up, and without what others may be
# writing meanwhile.
mkdir "$work/source"
(cd "$root" && tar -cf - --exclude='*.so' --exclude=build --exclude='.venv*' --exclude=.git --exclude=rocq \
    --exclude=__pycache__ pyproject.toml setup.py hrgeom_command.py MANIFEST.in README.md LICENSE hrgeom proofs) | tar -xf - -C "$work/source"
"$python" -m venv "$work/venv"
CC=/nonexistent/cc "$work/venv/bin/python" -m pip install --quiet "$work/source"
cd "$work"
venv/bin/python -c 'import hrgeom; assert hrgeom.available_kernels() == ("numpy",), hrgeom.kernel_info()'
venv/bin/hrgeom --version | grep 'kernel numpy (the C extension is not built'
venv/bin/hrgeom construct --tree wordnet-mammals --out mammals.emb >out 2>err
grep -q '^Every one of 1,182 queries retrieves exactly' out
grep -c 'C extension is not built' err | grep -qx 1
echo 'install without a compiler: ok'
