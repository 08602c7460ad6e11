#!/usr/bin/env bash
# Every test: sets up what is missing, then Rust's (unit, whole app), then the browser's against the release build.
# Goes on after a failure, so that one run shows all of them; ends with a summary and fails if anything did.
set -uo pipefail
cd "$(dirname "$0")/.."

scripts/setup.sh rust browser python sandbox redis || exit 1

summary=()
failed=0
step() {
    local name=$1 start=$SECONDS
    shift
    echo
    echo "== $name"
    if "$@"; then
        summary+=("passed  $name ($((SECONDS - start)) s)")
    else
        summary+=("FAILED  $name ($((SECONDS - start)) s)")
        failed=1
    fi
}
browser_tests() { (cd end2end && npx playwright test); }

step "Rust tests" cargo test --workspace --no-fail-fast
step "release build" cargo run --release --package site -- build --release
step "browser tests" browser_tests

echo
echo "== summary"
printf '%s\n' "${summary[@]}"
exit "$failed"
