#!/usr/bin/env bash
# Tries the hooks of .pre-commit-hooks.yaml with the real pre-commit, from a clone of this repository's last commit.
# Needs pre-commit on the path (or in $LEAKEY_PRE_COMMIT), git and cargo. Writes to a temporary folder only.
# LEAKEY_HOOKS=leakey-system tries that hook alone, with the leakey on the path.
set -euo pipefail
cd "$(dirname "$0")/.."
pre_commit=${LEAKEY_PRE_COMMIT:-pre-commit}
if ! command -v "$pre_commit" >/dev/null; then
    echo "skipped: pre-commit is not installed (pip install pre-commit)"
    exit 0
fi
source=$PWD
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export PRE_COMMIT_HOME=$folder/cache GIT_CONFIG_GLOBAL=/dev/null
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org
# How fast it is does not matter here; how long it is built does.
export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16
git clone -q "$source" "$folder/source"
revision=$(git -C "$folder/source" rev-parse HEAD)

expect() { # expect blocked|passed WHAT COMMAND...: whether the command fails, and never prints the key
    local want=$1 what=$2 got=passed
    shift 2
    "$@" > "$folder/log" 2>&1 || got=blocked
    if [ "$got" != "$want" ] || grep -q "$key" "$folder/log"; then
        cat "$folder/log"
        echo "FAILED: $what was $got" >&2
        exit 1
    fi
    if [ "$want" = blocked ] && ! grep -q 'settings.py:' "$folder/log"; then
        cat "$folder/log"
        echo "FAILED: $what was blocked, but not by a finding" >&2
        exit 1
    fi
    echo "$id: $what: $got"
}

key=Zq7vR2mX9kLw4tBn8sHd3fJc6gPy5aUe
for id in ${LEAKEY_HOOKS:-leakey leakey-system}; do
    if [ "$id" = leakey-system ]; then
        # The one that was just built for the other hook; else the one on the path.
        for program in "$PRE_COMMIT_HOME"/repo*/rustenv-*/bin; do
            export PATH="$program:$PATH"
        done
        command -v leakey
    fi
    git init -q -b main "$folder/$id"
    cd "$folder/$id"
    [ "$(git rev-parse --show-toplevel)" = "$(pwd -P)" ]
    printf 'repos:\n- repo: %s\n  rev: %s\n  hooks:\n  - id: %s\n' "$folder/source" "$revision" "$id" > .pre-commit-config.yaml
    echo "DEBUG = True" > settings.py
    git add . && git commit -qm start
    "$pre_commit" install --hook-type pre-commit --hook-type pre-merge-commit >/dev/null
    "$pre_commit" install-hooks
    echo "ALLOWED = []" >> settings.py
    expect passed "a clean commit" git commit -qam clean
    echo "SECRET_KEY = '$key'" >> settings.py
    expect passed "a commit beside an unstaged key" git commit -q --allow-empty -m empty
    expect blocked "git commit -a" git commit -qam bad
    expect blocked "git commit PATH" git commit -qm bad settings.py
    git add settings.py && echo "DEBUG = True" > settings.py
    expect blocked "a key that only the index holds" git commit -qm bad
    git checkout -qb side && git commit -qnm bad && git checkout -qf main
    git commit -q --allow-empty -m other
    expect blocked "a merge" git merge -q side
done
