"""Starting, finding and waiting for the engines' processes."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

from domain.errors import EngineError
from infrastructure.embedded.account import Account
from infrastructure.embedded.waiting import eventually

if TYPE_CHECKING:
    import psutil

# The engines see nothing of our environment: PGPORT and its kin would change what they do.
CLEAN_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C"}


def spawn_detached(
    command: Sequence[str],
    *,
    log: Path,
    account: Account,
    inherit: Sequence[int] = (),
    environment: Mapping[str, str] = CLEAN_ENVIRONMENT,
) -> None:
    """Start ``command`` in a session of its own, with output appended to ``log``, as nobody's child.

    The shell between starts it in the background and ends, so that init reaps it and no signal of our
    terminal reaches it. ``inherit`` lists descriptors that it keeps open.
    """
    with _append(log) as output:
        subprocess.run(  # noqa: S603 - our own binaries, by absolute path
            ["/bin/sh", "-c", '"$@" &', "sh", *command],
            cwd="/",
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=inherit,
            start_new_session=True,
            umask=0o077,
            timeout=10,
            check=True,
            **account.as_user(),
        )


def _append(log: Path) -> IO[bytes]:
    return os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600), "ab")


async def run(
    command: Sequence[str], *, account: Account, seconds: float, inherit: Sequence[int] = ()
) -> None:
    """Run ``command`` to its end; it is killed with its children when it takes longer or we are cancelled.

    Raises:
        EngineError: it failed, with what it printed, or took longer than ``seconds``.
    """
    with tempfile.TemporaryFile() as output:
        process = _popen(command, output, account, inherit)
        try:
            ended = await eventually(lambda: process.poll() is not None, seconds)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        if not ended or process.returncode:
            raise EngineError(
                _failure(command, process.returncode if ended else None, output),
                remedy="Mend what it says, and start again.",
            )


def _popen(
    command: Sequence[str], output: IO[bytes], account: Account, inherit: Sequence[int]
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own binaries, by absolute path
        command,
        cwd="/",
        env=CLEAN_ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        pass_fds=inherit,
        start_new_session=True,
        umask=0o077,
        **account.as_user(),
    )


def _failure(command: Sequence[str], status: int | None, output: IO[bytes]) -> str:
    output.seek(0)
    printed = output.read()[-2000:].decode(errors="replace").strip()
    how = "took too long" if status is None else f"ended with status {status}"
    return f"{Path(command[0]).name} {how}: {printed}"


def process_in(pid: int, program: str, folder: Path) -> psutil.Process | None:
    """The living process ``pid`` if it is ``program`` working in ``folder``.

    Both engines work in their data folder; a number that another process got since never matches.
    """
    import psutil

    with suppress(psutil.Error, OSError, ValueError):
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            _reap(process)
        elif process.name() == program and process.cwd() == str(folder):
            return process
    return None


def _reap(process: psutil.Process) -> None:
    # As process 1 of a container we inherit what the shell left behind. PostgreSQL would take a dead
    # postmaster that nobody reaped for a living one.
    if process.ppid() == os.getpid():
        with suppress(ChildProcessError):
            os.waitpid(process.pid, os.WNOHANG)


def processes_in(program: str, folder: Path) -> Iterator[psutil.Process]:
    """Every living process of ``program`` that works in ``folder``."""
    import psutil

    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.name() == program and process_in(process.pid, program, folder):
                yield process
