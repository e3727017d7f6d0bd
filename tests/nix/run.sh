#!/bin/sh
# Runs the Nix tests with the nix on PATH, offline, in a scratch store:
#
#     tests/nix/run.sh [evaluation] [errors] [flake]     (default: all three)
#
# evaluation: every test of eval/ holds.
# errors:     every expression of errors/ fails with each text it expects.
# flake:      `nix flake check` passes with the stub of nixpkgs, and a pure
#             evaluation without a system says what to do.
# Prints one line a failure; exit code 1 if there was one.
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
scratch=$(mktemp -d)
trap 'chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT
failures=0

fail() {
  failures=$((failures + 1))
  printf 'FAILED %s\n' "$1"
  sed 's/^/    /' "$scratch/log"
}

# Needs no store and writes to none.
evaluate() {
  NIX_CONF_DIR=$scratch nix-instantiate --store dummy:// --readonly-mode --eval --strict "$@"
}

evaluation() {
  evaluate --json "$here" >"$scratch/report" 2>"$scratch/log"
  if ! grep -q '^{"failed":{},"passed":\["' "$scratch/report"; then
    cat "$scratch/report" >>"$scratch/log"
    fail evaluation
  fi
}

errors() {
  for file in "$here"/errors/*.nix; do
    name=$(basename "$file" .nix)
    if evaluate --argstr name "$name" "$here/error.nix" >"$scratch/log" 2>&1; then
      fail "errors/$name: it evaluates"
      continue
    fi
    sed -n 's/^# expect: //p' "$file" >"$scratch/expected"
    while IFS= read -r text; do
      grep -qF -e "$text" "$scratch/log" || fail "errors/$name: the message lacks: $text"
    done <"$scratch/expected"
  done
}

# A pure evaluation takes a flake from a store: the project's Nix side alone, so
# that no build folder is copied.
flake() {
  mkdir "$scratch/flake" "$scratch/flake/tests"
  cp -r "$root/flake.nix" "$root/flake.lock" "$root/default.nix" "$root/nix" \
    "$root/Cargo.toml" "$root/Cargo.lock" "$scratch/flake"
  cp -r "$here" "$scratch/flake/tests/nix"
  for folder in host plugins scan sdk wit; do mkdir "$scratch/flake/$folder"; done
  offline="--override-input nixpkgs path:$scratch/flake/tests/nix/nixpkgs-stub --no-write-lock-file"
  # shellcheck disable=SC2086 # the options are words of their own
  if ! in_store nix flake check $offline "path:$scratch/flake" >"$scratch/log" 2>&1; then
    fail 'flake check'
  fi
  # shellcheck disable=SC2086
  if in_store nix eval $offline "path:$scratch/flake#lib.fetchModel" --apply \
    'fetchModel: (fetchModel { source.huggingface.repo = "org/name"; hash = ""; }).name' \
    >"$scratch/log" 2>&1 || ! grep -qF 'a pure evaluation has no current system' "$scratch/log"; then
    fail 'flake: a pure evaluation without a system'
  fi
  # shellcheck disable=SC2086
  if ! in_store nix eval --raw $offline "path:$scratch/flake#lib.fetchModel" --apply \
    'fetchModel: (fetchModel { system = "aarch64-linux"; source.huggingface.repo = "org/name"; hash = ""; }).drvPath' \
    >"$scratch/log" 2>&1; then
    fail 'flake: a pure evaluation with a system'
  fi
}

in_store() {
  printf '%s\n' 'experimental-features = nix-command flakes' 'build-users-group =' \
    'substituters =' 'sandbox = true' 'sandbox-paths =' >"$scratch/nix.conf"
  command=$1
  shift
  HOME=$scratch NIX_CONF_DIR=$scratch "$command" --store "$scratch/store" "$@"
}

[ $# -gt 0 ] || set -- evaluation errors flake
for part in "$@"; do
  case $part in
    evaluation | errors | flake) "$part" ;;
    *) printf 'there is no part "%s": evaluation, errors, flake\n' "$part"; exit 2 ;;
  esac
done
[ "$failures" -eq 0 ] || { printf '%s failed\n' "$failures"; exit 1; }
printf 'passed: %s\n' "$*"
