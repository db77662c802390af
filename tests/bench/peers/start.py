"""`packaging/bench --only start`: the program in a window of a display that
nobody sees, from its start to its first figures and to the complete board.

The moments are those of its log: a line is written once the frame is on the
screen. The first start, which finds no figures of an earlier run, is not counted.
"""

import argparse
import datetime
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FIGURES_SECS = 1.5
BOARD_SECS = 5.0
STARTS = 5
PATIENCE_SECS = 60
MILESTONES = ("the first figures are on the screen", "the board is on the screen")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pult", required=True)
    parser.add_argument("--desk", type=Path, required=True)
    args = parser.parse_args()
    reading, writing = os.pipe()
    display = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1920x1080x24"],
        pass_fds=[writing], stderr=subprocess.DEVNULL)
    try:
        number = os.read(reading, 16).decode().strip()
        starts = [start(args, f":{number}") for _ in range(1 + STARTS)][1:]
    finally:
        display.terminate()
        display.wait()
    for name, moments, promised in zip(
            ("start-figures", "start-board"), zip(*starts), (FIGURES_SECS, BOARD_SECS)):
        ours = statistics.median(moments)
        print(f"{name} pult {ours:.2f} s peer {promised:.2f} s ratio {ours / promised:.2f}")


def start(args, display):
    """Seconds until each of the milestones."""
    log = args.desk / "pult.log"
    known = log.stat().st_size if log.exists() else 0
    with tempfile.TemporaryDirectory() as runtime:
        environment = {**os.environ, "DISPLAY": display, "XDG_RUNTIME_DIR": runtime}
        environment.pop("WAYLAND_DISPLAY", None)
        begun = time.time()
        process = subprocess.Popen(
            [args.pult, "--data-dir", args.desk, "--config", args.desk / "none.toml"],
            env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            while True:
                with log.open() as file:
                    file.seek(known)
                    moments = milestones(file.read())
                if len(moments) == len(MILESTONES):
                    # What the program keeps for its next start is kept by then.
                    time.sleep(1)
                    return [moment - begun for moment in moments]
                if process.poll() is not None or time.time() - begun > PATIENCE_SECS:
                    sys.exit("start: the program ended, or did not show its figures in time")
                time.sleep(0.05)
        finally:
            process.terminate()
            process.wait()


def milestones(lines):
    found = []
    for sentence in MILESTONES:
        line = re.search(rf"^(\S+)Z\s+INFO.*{sentence}", lines, re.M)
        if line:
            moment = datetime.datetime.fromisoformat(line[1]).replace(tzinfo=datetime.timezone.utc)
            found.append(moment.timestamp())
    return found


if __name__ == "__main__":
    main()
