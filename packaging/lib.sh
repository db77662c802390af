# Shared by packaging/run, packaging/test and .ci/run; sourced, never started.
# Sets the folder of builds and offers: say, die, need_rust, need_packages,
# serve_region, step.

set -euo pipefail
export LC_ALL=C.UTF-8

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/pult
# One folder for release and debug builds, outside the repository: a fresh
# clone finds it warm.
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$cache/target}

# What the build takes, what a window loads at start (winit and wgpu open these
# by name, so the linker does not know of them), and what draws without a GPU.
build_packages=(ca-certificates gcc libc6-dev make)
render_packages=(libvulkan1 mesa-vulkan-drivers)
window_packages=(
  libegl1 libgl1-mesa-dri libwayland-client0 libwayland-egl1 libx11-6 libx11-xcb1
  libxcursor1 libxi6 libxkbcommon0 libxkbcommon-x11-0
)

say() { printf '%s\n' "$*"; }
die() { printf '%s\n' "$*" >&2; exit 1; }

# as_root_words: what a person types before a command that only root may run.
as_root_words() { if [ "$(id -u)" -ne 0 ]; then printf 'sudo '; fi; }

# need_rust: stops with one sentence where Rust is missing or too old. The
# version asked for stands in Cargo.toml alone.
need_rust() {
  local wanted found get
  get="curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y"
  # A bare Debian has no curl either.
  command -v curl >/dev/null || get="$(as_root_words)apt-get install -y curl ca-certificates && $get"
  wanted=$(sed -n 's/^rust-version *= *"\(.*\)"/\1/p' "$top/Cargo.toml")
  if [ -f "$HOME/.cargo/env" ]; then . "$HOME/.cargo/env"; fi
  if ! command -v cargo >/dev/null || ! found=$(cd "$top" && rustc --version 2>/dev/null); then
    die "Rust $wanted or newer is needed and none was found: install it with «$get» and start this again."
  fi
  found=$(cut -d' ' -f2 <<<"$found")
  if [ "$(printf '%s\n%s\n' "$wanted" "${found%%-*}" | sort -V | head -n 1)" != "$wanted" ]; then
    die "Rust $wanted or newer is needed and $found was found: get it with «rustup update stable» (rustup comes from https://rustup.rs) and start this again."
  fi
}

# need_packages NAME…: installs the Debian packages that are not there yet.
need_packages() {
  local name missing=() as_root=()
  if ! command -v dpkg-query >/dev/null; then
    say "This is not Debian: what it calls $* is taken to be there."
    return
  fi
  for name in "$@"; do
    if [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null || true)" != installed ]; then
      missing+=("$name")
    fi
  done
  if [ ${#missing[@]} -eq 0 ]; then return; fi
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      die "Debian packages are missing and only root may install them: have «apt-get install ${missing[*]}» run and start this again."
    fi
    as_root=(sudo)
    if [ ! -t 0 ]; then as_root=(sudo -n); fi
  fi
  say "Installing from Debian: ${missing[*]}"
  as_root+=(env DEBIAN_FRONTEND=noninteractive apt-get -q)
  # The lists may be missing or old; they are fetched only where that shows.
  "${as_root[@]}" install -y --no-install-recommends "${missing[@]}" >/dev/null 2>&1 ||
    { "${as_root[@]}" update && "${as_root[@]}" install -y --no-install-recommends "${missing[@]}"; } ||
    die "The Debian packages ${missing[*]} could not be installed: see the lines above, install them and start this again."
}

# serve_region PULT FOLDER OPTIONS…: a reference server on a free port of
# loopback, for the token in PULT_TOKEN; returns once it answers, with $server
# (its process) and $url set. FOLDER keeps what it writes.
serve_region() {
  local program=$1 folder=$2
  shift 2
  mkdir -p "$folder"
  "$program" serve --addr 127.0.0.1:0 --data-dir "$folder" --frozen "$@" \
    >"$folder/ready" 2>"$folder/errors" &
  server=$!
  until grep -qs '^listening on ' "$folder/ready"; do
    kill -0 "$server" 2>/dev/null || { cat "$folder/errors" >&2; die "The reference server stopped: see the lines above."; }
    sleep 0.2
  done
  url=$(sed -n 's/^listening on //p' "$folder/ready")
}

# new_token: a secret for one run, in PULT_TOKEN.
new_token() {
  PULT_TOKEN=$(od -An -tx1 -N16 /dev/urandom | tr -d ' \n')
  export PULT_TOKEN
}

# synced_region PULT OPTIONS…: a desk's data in $data/desk, synced from such a region on a
# server of its own; both go with the script.
synced_region() {
  local program=$1
  shift
  # Graphics drivers look for a session of the window system and say so aloud.
  : "${XDG_RUNTIME_DIR:=$(mktemp -d)}"
  export XDG_RUNTIME_DIR
  data=$(mktemp -d)
  server=
  trap 'if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; fi; rm -rf "$data"' EXIT
  mkdir -p "$data/desk"
  new_token
  serve_region "$program" "$data/server" "$@"
  "$program" sync --once --server "$url" --data-dir "$data/desk"
}

# wall_scenes: keys of the scenes of the video wall, in their order.
wall_scenes() {
  sed -n '/^\[\[scene\]\]/,/^key/s/^key = "\(.*\)"$/\1/p' "$top/data/wall.toml"
}

failed=()

# step NAME COMMAND…: runs it, says how long it took, remembers a failure.
step() {
  local name=$1 began=$SECONDS
  shift
  say "== $name"
  if "$@" </dev/null; then
    say "== $name: ok, $((SECONDS - began)) s"
  else
    failed+=("$name")
    say "== $name: FAILED, $((SECONDS - began)) s"
  fi
}

# finish: ends with 1 and the names where a step failed.
finish() {
  if [ ${#failed[@]} -gt 0 ]; then die "failed: ${failed[*]}"; fi
  say "all passed"
}
