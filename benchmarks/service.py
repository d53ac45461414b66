"""The service in a process of its own, as ``gamefilm up`` runs it, on a database of an engine that runs."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

import httpx
import psutil

PATIENCE = 30.0  # seconds until it answers
COMMAND = (sys.executable, "-c", "from interfaces.cli.main import main; main()")


class Service(NamedTuple):
    """Where it answers, and its process."""

    base: str
    process: psutil.Process


def environ(database_url: str, valkey_url: str) -> dict[str, str]:
    """The environment in which every command works on this database."""
    engines = {"DATABASE_URL": database_url, "VALKEY_URL": valkey_url}
    return {**os.environ, **engines, "GAMEFILM_LOG_LEVEL": "error"}


@asynccontextmanager
async def service(database_url: str, valkey_url: str) -> AsyncIterator[Service]:
    """Run it until the block ends; it answers when the block begins."""
    port = _free_port()
    process = await asyncio.create_subprocess_exec(
        *(*COMMAND, "up", "--port", str(port)),
        env=environ(database_url, valkey_url),
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        base = f"http://127.0.0.1:{port}"
        await _answers(base)
        yield Service(base, psutil.Process(process.pid))
    finally:
        process.terminate()
        await process.wait()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


async def _answers(base: str) -> None:
    async with asyncio.timeout(PATIENCE), httpx.AsyncClient(base_url=base, trust_env=False) as client:
        while True:
            try:
                (await client.get("/health/live")).raise_for_status()
            except httpx.HTTPError:
                await asyncio.sleep(0.05)
            else:
                return
