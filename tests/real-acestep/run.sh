#!/bin/bash
# Plays stems through a genuine ACE-Step api_server (its models' mathematics replaced) with the built service, in
# good days and bad ones. See README.md. Without a checkout it installs about 6 GB of Python packages on its first run.
# usage: [ACESTEP_CHECKOUT=FOLDER [ACESTEP_PYTHON=PROGRAM]] run.sh [WRAPPER-SERVICE [SCENE…]]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
service=$(realpath "${1:-$root/target/debug/wrapper-service}")
shift || true
work=$root/target/real-acestep
python=${ACESTEP_PYTHON:-$work/venv/bin/python}
mkdir -p "$work"

if [ -n "${ACESTEP_CHECKOUT:-}" ]; then
    ACESTEP_CHECKOUT=$(realpath "$ACESTEP_CHECKOUT")
    export ACESTEP_CHECKOUT
    test -e "$ACESTEP_CHECKOUT/acestep/api_server.py" || {
        echo "ACESTEP_CHECKOUT: $ACESTEP_CHECKOUT has no acestep/api_server.py" >&2
        exit 2
    }
fi

if [ -z "${ACESTEP_PYTHON:-}" ] && [ ! -e "$work/venv/ready" ]; then
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install -q -r "$here/requirements.txt"
    "$work/venv/bin/pip" install -q --no-deps ace-step15-fork==20260212
    touch "$work/venv/ready"
fi

exec "$python" "$here/scenes.py" "$service" "$work/scenes" "$@"
