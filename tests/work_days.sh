#!/usr/bin/env bash
# tests/work_days.sh: data/work_calendar.toml against two packages of PyPI that
# know which days Russia works. See data/SOURCES.md for what that shows.
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
venv=${XDG_CACHE_HOME:-$HOME/.cache}/pult/calendar-venv

if [ ! -x "$venv/bin/python" ]; then python3 -m venv "$venv"; fi
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  holidays==0.109 work-calendar==1.1.0
"$venv/bin/python" "$top/tests/work_days.py" "$top/data/work_calendar.toml"
