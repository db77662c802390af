"""What the fault scripts share: a reference server to sync from, a disk of their own."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

TOKEN = "fault-token"
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
INSIDE = "PULT_FAULTS_INSIDE"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def serve_command(pult, url, folder, *options):
    """Serves the made-up region of seed 1 at the address, from a folder of its own."""
    return [pult, "serve", "--addr", url.removeprefix("http://"), "--seed", "1",
            "--token", TOKEN, "--data-dir", folder, *options]


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


def enter_name_space(what):
    """Starts the script again where a mount is nobody else's, once."""
    if INSIDE in os.environ:
        return
    for command in (["unshare", "--mount"], ["unshare", "--map-root-user", "--mount"]):
        if shutil.which("unshare") is None:
            break
        probe = ["sh", "-c", 'mount -t tmpfs -o size=1m none "$1"', "sh"]
        with tempfile.TemporaryDirectory() as place:
            if subprocess.run(command + probe + [place], **QUIET).returncode == 0:
                os.execvpe("unshare", command + [sys.executable] + sys.argv,
                           {**os.environ, INSIDE: "1"})
    print(f"{what}: not run, because no file system can be mounted here: it takes root, or "
          "unshare(1) and the right to make user name spaces")
    sys.exit(0)


def mount(*arguments):
    subprocess.run(["mount", *arguments], check=True)


def fill(path):
    """Takes every byte that is left."""
    with open(path, "ab", buffering=0) as file:
        block = b"\xa5" * 65536
        while block:
            try:
                file.write(block)
            except OSError:
                block = block[:len(block) // 2]
