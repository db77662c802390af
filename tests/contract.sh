#!/usr/bin/env bash
# tests/contract.sh [--long]: the reference server against data/feedback-api.yaml,
# with requests made up by schemathesis (PyPI). The program is $PULT.
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
pult=${PULT:-$top/target/debug/pult}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/pult
venv=$cache/venv
version=4.32.5
examples=60
[ "${1:-}" = --long ] && examples=600

[ -x "$pult" ] || { echo "tests/contract.sh: no program at $pult; build it or set PULT." >&2; exit 2; }
mkdir -p "$cache"
if ! "$venv/bin/schemathesis" --version 2>/dev/null | grep -qF "$version"; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet "schemathesis==$version"
fi

work=$(mktemp -d)
server=
stop() { [ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"; }
trap stop EXIT

"$pult" serve --addr 127.0.0.1:0 --incidents 40 --seed 1 --token contract --frozen \
  --data-dir "$work/server" >"$work/ready" &
server=$!
for _ in $(seq 300); do
  grep -q '^listening on ' "$work/ready" && break
  kill -0 "$server" 2>/dev/null || { echo "tests/contract.sh: the server did not start." >&2; exit 1; }
  sleep 0.1
done
url=$(sed -n 's/^listening on //p' "$work/ready")

# schemathesis knows no newline-delimited JSON: the contract gives its lines as
# an array, and these two lay the array out in lines and read it back.
cat >"$work/lines.py" <<'PY'
import json
import schemathesis


@schemathesis.serializer("application/x-ndjson")
def to_lines(ctx, value):
    if isinstance(value, bytes):
        return value
    items = value if isinstance(value, list) else [value]
    return "".join(json.dumps(item) + "\n" for item in items).encode()


@schemathesis.deserializer("application/x-ndjson")
def from_lines(ctx, response):
    text = response.content.decode()
    assert not text or text.endswith("\n"), "the last line is not ended"
    return [json.loads(line) for line in text.splitlines()]
PY

# Opaque cursors that the server did not give out are well-formed and expired;
# a line that is no command is answered, not refused (both as the contract says).
cat >"$work/schemathesis.toml" <<'TOML'
[[operations]]
include-operation-id = "getChanges"
checks.positive_data_acceptance.expected-statuses = ["2xx", "410"]

[[operations]]
include-operation-id = "postCommands"
checks.negative_data_rejection.expected-statuses = ["200", "4xx"]
TOML

# The endless stream of /v1/stream is tested in tests/it/server.
cd "$work"
SCHEMATHESIS_HOOKS=lines PYTHONPATH=$work "$venv/bin/schemathesis" \
  --config-file "$work/schemathesis.toml" run "$top/data/feedback-api.yaml" \
  --url "$url" --header "Authorization: Bearer contract" --exclude-path /v1/stream \
  --checks all --seed 20261124 --max-examples "$examples" --workers 1 --no-color \
  --generation-database none --request-timeout 30
