#!/usr/bin/env bash
# Builds the Python wheel and tries it in a clean virtual environment. Needs cargo, Python 3 and the package index.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
python=${PYTHON:-python3}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"$python" -m venv "$folder/build"
"$folder/build/bin/pip" install -q "${MATURIN_REQUIREMENT:-maturin>=1.8,<2}"
PATH="$folder/build/bin:$PATH" maturin build --release --locked --out "$folder/wheels"

"$python" -m venv "$folder/clean"
"$folder/clean/bin/pip" install -q --no-index --find-links "$folder/wheels" leakey

# Away from the sources: what is not in the wheel is missed here.
mkdir "$folder/empty"
cp -r fixtures/shop "$folder/shop"
cd "$folder/empty"
leakey=$folder/clean/bin/leakey
manifest=$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1)
[ "$("$leakey" --version)" = "leakey $manifest" ]
"$leakey" scan . >/dev/null
status=0
"$leakey" scan --no-config "$folder/shop" > "$folder/report" || status=$?
[ "$status" = 1 ]
grep -q django-secret-key "$folder/report"
"$folder/clean/bin/pip" uninstall -q -y leakey
[ ! -e "$leakey" ]
echo "$(basename "$folder"/wheels/*.whl): builds, installs, finds, uninstalls"
