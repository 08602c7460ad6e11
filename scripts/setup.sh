#!/usr/bin/env bash
# Fetches what the named parts of the work need and this machine lacks; says what it does, and does nothing twice.
#
#   rust      a C compiler, cargo, and Rust's standard library for the browser
#   browser   Chromium and the browser tests' packages from npm
#   python    what the generated test suites need to run: the very versions that they name
#   sandbox   bubblewrap, and what generated projects need to be installed and asked: tests build some, and try to get out of it
#   redis     a Redis server, which tests start and kill
#   leptos    cargo-leptos and wasm-bindgen for `make dev`; compiling them takes about 12 minutes, once
set -euo pipefail
cd "$(dirname "$0")/.."

say() { echo "setup: $*"; }
die() {
    echo "setup: $*" >&2
    exit 1
}
has() { command -v "$1" >/dev/null 2>&1; }

# install_packages WHY PACKAGE...
install_packages() {
    local why=$1 become=()
    shift
    has apt-get || die "$why; install $* with this system's package manager"
    if [ "$(id -u)" != 0 ]; then
        has sudo || die "$why; run as root: apt-get install $*"
        become=(sudo)
    fi
    say "$why: installing $* with apt-get"
    "${become[@]}" apt-get update -qq
    "${become[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# Installs a folder's npm packages unless they are those of its lock file.
npm_packages() {
    local folder=$1
    [ "$folder/node_modules/.package-lock.json" -nt "$folder/package-lock.json" ] && return
    say "installing npm's packages in $folder"
    npm ci --prefix "$folder" --no-audit --no-fund --loglevel=error
    touch "$folder/node_modules/.package-lock.json"
}

setup_rust() {
    has cargo || die "cargo is not there; https://rustup.rs installs Rust"
    has cc || install_packages "there is no C compiler" gcc libc6-dev
    local target=wasm32-unknown-unknown
    if ! compgen -G "$(rustc --print target-libdir --target $target)/libstd-*.rlib" >/dev/null; then
        has rustup || die "Rust's standard library for $target is missing, and rustup, which installs it, is not there"
        say "installing Rust's standard library for the browser ($target)"
        rustup target add $target
    fi
}

setup_browser() {
    has npm || die "npm is not there; the browser tests need Node 20 or later"
    if [ -z "${CHROMIUM:-}" ] && ! has chromium && ! has chromium-browser && ! has google-chrome; then
        install_packages "there is no browser" chromium
    fi
    npm_packages end2end
}

setup_python() {
    local environment=target/python requirements=src/server/generate/test_suite/emit/pytest/requirements.txt
    has python3 || install_packages "there is no Python" python3 python3-venv
    cmp -s "$requirements" "$environment/requirements.txt" && return
    say "making a Python environment in $environment"
    if ! python3 -m venv --clear "$environment" >/dev/null 2>&1; then
        install_packages "Python's venv is missing" python3-venv
        python3 -m venv --clear "$environment"
    fi
    "$environment/bin/pip" install --quiet --disable-pip-version-check -r "$requirements"
    cp "$requirements" "$environment/requirements.txt"
}

setup_sandbox() {
    has bwrap || install_packages "there is no sandbox" bubblewrap
    has curl || install_packages "there is no curl" curl ca-certificates
    # The system's own: what lies in somebody's home is not seen in a sandbox without more ado.
    if ! /usr/bin/python3 -c 'import ensurepip, venv' 2>/dev/null; then
        install_packages "the system's Python is missing or has no venv" python3 python3-venv
    fi
    has unshare && has ipcmk || install_packages "util-linux is missing" util-linux
}

setup_redis() {
    has redis-server || install_packages "there is no Redis server" redis-server
}

setup_leptos() {
    local leptos=0.3.10 bindgen
    bindgen=$(sed -n '/^name = "wasm-bindgen"$/{n;s/version = "\(.*\)"/\1/p}' Cargo.lock)
    # Optimising these tools would take longer than they ever give back.
    local quick=(env CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1)
    if [ "$(wasm-bindgen --version 2>/dev/null)" != "wasm-bindgen $bindgen" ]; then
        say "installing wasm-bindgen $bindgen, the version of Cargo.lock (about 2 minutes)"
        "${quick[@]}" cargo install wasm-bindgen-cli --version "$bindgen" --force
    fi
    if ! cargo leptos --version >/dev/null 2>&1; then
        say "installing cargo-leptos $leptos (about 10 minutes, once)"
        "${quick[@]}" cargo install cargo-leptos --version "$leptos" --locked --features no_downloads
    fi
}

for part in "$@"; do
    case $part in
    rust | browser | python | sandbox | redis | leptos) "setup_$part" ;;
    *) die "unknown part: $part" ;;
    esac
done
