"""See that `gamefilm up` serves on embedded engines in a new data folder, and stops when it is told to.

python .ci/serves.py COMMAND…      e.g. uv run gamefilm
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

BOUND = 90.0
"""Seconds to become ready, and again to stop: a first start creates the database."""


def main(command: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder, Path(folder, "log").open("w+b") as log:
        port = free_port()
        arguments = [*command, "up", "--data-dir", f"{folder}/data", "--port", str(port)]
        embedded = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "VALKEY_URL")}
        service = subprocess.Popen(
            arguments, stdout=log, stderr=subprocess.STDOUT, env=embedded, start_new_session=True
        )
        try:
            seconds = until_ready(service, f"http://127.0.0.1:{port}/health/ready")
            service.send_signal(signal.SIGTERM)
            code = service.wait(BOUND)
        except (TimeoutError, subprocess.TimeoutExpired) as error:
            code = str(error)
            with suppress(ProcessLookupError):
                os.killpg(service.pid, signal.SIGKILL)  # uv, and what it runs
            service.wait()
        if code != 0:
            log.seek(0)
            sys.exit(f"{log.read().decode()}\n{' '.join(arguments)}: {code}")
    print(f"ready after {seconds:.1f} s, and stopped with exit code 0")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def until_ready(service: subprocess.Popen[bytes], url: str) -> float:
    """Seconds until ``url`` answers 200."""
    started = time.monotonic()
    while (passed := time.monotonic() - started) < BOUND:
        if service.poll() is not None:
            raise TimeoutError(f"it ended with exit code {service.returncode} before it was ready")
        try:
            with urllib.request.urlopen(url, timeout=5):
                return passed
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise TimeoutError(f"{url} was not ready in {BOUND:.0f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
