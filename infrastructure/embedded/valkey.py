"""The embedded Valkey 9: append-only files below the data folder, on a loopback port with a password.

TCP, since GLIDE speaks nothing else; any local user may connect, hence the password, kept in a 0600 file.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import socket
from contextlib import suppress
from pathlib import Path

import msgspec

from infrastructure.embedded.account import make_passable, make_readable
from infrastructure.embedded.binaries import valkey_program
from infrastructure.embedded.engine import Answer, Engine
from infrastructure.embedded.folder import DataFolder
from infrastructure.embedded.locks import FileLock

HOST = "127.0.0.1"
ANSWER_WITHIN = 5.0  # seconds


class Address(msgspec.Struct, frozen=True):
    """Port and password of a server, as its configuration file has them."""

    port: int
    password: str


class Valkey(Engine):
    title = "Valkey"
    program = "valkey-server"
    stop_signal = signal.SIGTERM  # flushes the append-only file and leaves
    leftover_signal = signal.SIGKILL  # a child that rewrites files of a server that is dead

    def __init__(self, data: DataFolder, *, patience: float) -> None:
        super().__init__(data, data.root / "valkey", patience=patience)
        self.configuration = self.data.root / "valkey.conf"
        self._pid_file = self.folder / "valkey.pid"

    @property
    def url(self) -> str:
        address = self.address()
        return "" if address is None else f"valkey://:{address.password}@{HOST}:{address.port}"

    def address(self) -> Address | None:
        """Where the server listens, or ``None`` before its first start."""
        with suppress(OSError, KeyError, ValueError):
            lines = self.configuration.read_text().splitlines()
            values = dict(line.split(" ", 1) for line in lines if " " in line)
            return Address(int(values["port"]), values["requirepass"])
        return None

    def recorded_pid(self) -> int | None:
        with suppress(OSError, ValueError):
            return int(self._pid_file.read_text())
        return None

    async def answers(self) -> Answer:
        address = self.address()
        # A stranger who took the port of a server that died is not told the password.
        if address is None or self.main_process() is None:
            return Answer.SILENT
        try:
            async with asyncio.timeout(min(ANSWER_WITHIN, self.patience)):
                return await _ping(address)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            return Answer.SILENT

    async def prepare(self, start_lock: FileLock) -> None:
        del start_lock  # nothing here outlives us
        program = valkey_program()
        make_passable([program], self.data.account)
        make_readable(program, [program], self.data.account)
        self.data.private_folder(self.folder)
        self._pid_file.unlink(missing_ok=True)
        self._configure()

    def command(self) -> list[str]:
        return [str(valkey_program()), str(self.configuration)]

    def last_resort(self) -> str:
        return f"Where the files are damaged, move {self.folder} away: PostgreSQL holds all that is in it."

    def _configure(self) -> None:
        """Keep port and password where possible: clients of a server that died find the next one there."""
        address = self.address()
        if address is None or not _is_free(address.port):
            address = Address(_free_port(), secrets.token_urlsafe(32))
        fresh = self.configuration.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(self._settings(address))
        self.data.account.own(fresh)
        fresh.replace(self.configuration)

    def _settings(self, address: Address) -> str:
        lines = {
            "bind": HOST,
            "port": str(address.port),
            "requirepass": address.password,
            "protected-mode": "yes",
            "daemonize": "no",
            "dir": _quoted(self.folder),
            "pidfile": _quoted(self._pid_file),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": '""',  # the append-only file is the persistence
            "maxmemory": "0",
            "always-show-logo": "no",
        }
        return "".join(f"{name} {value}\n" for name, value in lines.items())


def _quoted(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


async def _ping(address: Address) -> Answer:
    reader, writer = await asyncio.open_connection(HOST, address.port)
    try:
        writer.write(f"AUTH {address.password}\r\nPING\r\n".encode())
        replies = [await reader.readline(), await reader.readline()]
    finally:
        writer.close()
    if replies == [b"+OK\r\n", b"+PONG\r\n"]:
        return Answer.READY
    return Answer.BUSY if replies[1].startswith(b"-LOADING") else Answer.SILENT
