"""What the fault scripts share: a reference server to sync from."""

import json
import socket
import subprocess
import sys
import time
import urllib.request

TOKEN = "fault-token"
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def info(url):
    request = urllib.request.Request(
        f"{url}/v1/info", headers={"Authorization": f"Bearer {TOKEN}"})
    with urllib.request.urlopen(request, timeout=5) as answer:
        return json.load(answer)


def wait_for(server, url, seconds):
    """Its /v1/info, once it answers."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if server.poll() is not None:
            sys.exit(f"the server ended with {server.returncode}")
        try:
            return info(url)
        except OSError:
            time.sleep(0.1)
    sys.exit(f"the server did not answer within {seconds} s")
