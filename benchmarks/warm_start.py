"""Warm start of `gamefilm up`: how long until it serves, and how much memory its process takes.

    uv run python -m benchmarks.warm_start

The data folder exists and its engines are stopped, as on the second day of use. The peer, started in turns
with it, is the least that the same libraries allow: a process that imports them and serves an empty Litestar
application with the same server. Goals: serving in under 2 s, under 200 MB resident.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil

RUNS = 5
BOUND = 60.0
GAMEFILM = [sys.executable, "-c", "from interfaces.cli.main import main; main()"]
PEER = """
import sys
import alembic, asyncpg, glide, httpx, sqlalchemy.ext.asyncio, structlog, opentelemetry.sdk.trace
import uvicorn
from litestar import Litestar, get

@get("/health/ready")
async def ready() -> dict[str, bool]:
    return {"ready": True}

uvicorn.run(Litestar([ready]), port=int(sys.argv[1]), log_level="error")
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ready_after(process: subprocess.Popen[bytes], port: int, started: float) -> float:
    while time.perf_counter() - started < BOUND:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=1) as answer:
                if answer.status == 200:
                    return time.perf_counter() - started
        except (urllib.error.URLError, OSError):
            time.sleep(0.005)
        if process.poll() is not None:
            break
    raise SystemExit(f"it did not become ready; exit code {process.poll()}")


def measured(command: list[str], port: int) -> tuple[float, float]:
    """Seconds until ready, and megabytes resident then."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        seconds = ready_after(process, port, started)
        return seconds, psutil.Process(process.pid).memory_info().rss / 1e6
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def main() -> None:
    for name in ("DATABASE_URL", "VALKEY_URL"):
        os.environ.pop(name, None)
    folder = Path(tempfile.mkdtemp(prefix="gamefilm-"))

    def up() -> tuple[float, float]:
        port = free_port()
        return measured([*GAMEFILM, "up", "--data-dir", str(folder / "data"), "--port", str(port)], port)

    def peer() -> tuple[float, float]:
        port = free_port()
        return measured([sys.executable, "-c", PEER, str(port)], port)

    try:
        first, _ = up()
        rounds = [(up(), peer()) for _ in range(RUNS)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    seconds, megabytes, peer_seconds, peer_megabytes = (
        statistics.median(round_[who][what] for round_ in rounds)
        for who, what in ((0, 0), (0, 1), (1, 0), (1, 1))
    )
    print(f"first start, with initdb   {first:5.2f} s")
    print(
        f"warm start                 {seconds:5.2f} s   ratio {seconds / peer_seconds:.2f}   (goal: under 2 s)"
    )
    print(
        f"resident memory            {megabytes:5.0f} MB  ratio {megabytes / peer_megabytes:.2f}   (goal: under 200 MB)"
    )
    print(f"peer, libraries alone      {peer_seconds:5.2f} s, {peer_megabytes:.0f} MB")


if __name__ == "__main__":
    main()
