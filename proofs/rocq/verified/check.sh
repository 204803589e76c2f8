#!/usr/bin/env bash
# `bash check.sh PYTHON`: the proofs, what is extracted from them, the program, and what it says of real input.
# PYTHON has hrgeom installed. Where Rocq or OCaml is missing this says so; with ROCQ_REQUIRED=1 it fails.
set -euo pipefail
python=$(realpath -s "$1")
cd "$(dirname "$0")"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

missing() {
  echo "verified: $1 is not installed (Debian: apt install $2); its part is left out"
  [ "${ROCQ_REQUIRED:-0}" != 1 ]
}

"$python" -m hrgeom datasets wordnet-mammals --out "$scratch/mammals.json" --quiet
"$python" -m hrgeom construct --tree wordnet-mammals --method interval --dtype float64 --out "$scratch/mammals.emb" --quiet

if command -v coqc > /dev/null && [ -d "$(coqc -where)/user-contrib/Flocq" ]; then
  make same
  "$python" inside.py "$scratch/mammals.json" "$scratch/mammals.emb" extracted/mammals.v
  coqc -q -w -all -Q . Verified extracted/mammals.v > /dev/null
  echo "verified: inside Rocq, mammals are exact"
else
  missing "Rocq with Flocq" "coq libcoq-flocq"
fi

if command -v ocamlopt > /dev/null; then
  make hrgeom-verified
  ./hrgeom-verified "$scratch/mammals.json" "$scratch/mammals.emb"
  ./hrgeom-verified "$scratch/mammals.json" "$scratch/mammals.emb" --pairs
  for kind in "trie --dtype int8" "half-plane --dtype float64" "interval --code arc --dtype float32"; do
    # shellcheck disable=SC2086 # a method and its options
    "$python" -m hrgeom construct --tree wordnet-mammals --method $kind --out "$scratch/parts.emb" --force --quiet
    ./hrgeom-verified "$scratch/mammals.json" "$scratch/parts.emb" --structure
  done
  "$python" -m hrgeom datasets wordnet --out "$scratch/nouns.json" --quiet
  "$python" -m hrgeom construct --tree wordnet --method interval --dtype float64 --out "$scratch/nouns.emb" --quiet
  ./hrgeom-verified "$scratch/nouns.json" "$scratch/nouns.emb" | tee "$scratch/nouns.txt"
  grep -q "^VERIFIED by structure" "$scratch/nouns.txt"
  "$python" mutations.py ./hrgeom-verified 8
else
  missing "OCaml" "ocaml-nox"
fi
