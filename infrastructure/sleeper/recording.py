"""Serves a folder of recorded Sleeper responses as if it were Sleeper.

A root holds sources, one folder each, or is a source itself. A source lays responses out by API path:
``v1/league/123/rosters.json`` (or ``.json.gz``) answers ``/v1/league/123/rosters``, and what lies under
``api.sleeper.com/`` answers without that prefix: those paths have no version.
"""

from __future__ import annotations

import asyncio
import errno
import gzip
import socket
import zlib
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from pathlib import Path
from typing import Any

import structlog
import uvicorn

from domain.errors import ConfigurationError
from infrastructure.sleeper.memory import Memory

_FOLDERS = {"v1": "/v1/", "api.sleeper.com": "/"}  # in a source: the URL path that answers for it
_SUFFIXES = (".json", ".json.gz")  # the first is preferred where both lie side by side
_REMEMBERED_BYTES = 64 * 1024 * 1024
_LAST_PORT = 65535

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Message, Receive, Send], Awaitable[None]]

log = structlog.get_logger()


def index_recordings(root: Path, source: str | None = None) -> dict[str, Path]:
    """The files of a recording by the URL path that they answer.

    Where several sources hold a path, the first by name answers; ``source`` picks one.

    Raises:
        ConfigurationError: there is no such folder, it holds no recordings, or no such source.
    """
    if not root.is_dir():
        raise ConfigurationError(
            f"{root} is not a folder.", remedy="Name a folder written by gamefilm recording capture."
        )
    root = root.resolve()
    sources = {folder.name: folder for folder in (root, *sorted(root.iterdir())) if _is_source(folder)}
    if not sources:
        raise ConfigurationError(
            f"{root} holds no recordings.",
            remedy="It, or folders in it, must hold a folder v1/ with responses by API path.",
        )
    if source is not None and source not in sources:
        raise ConfigurationError(
            f"{root} has no source {source!r}.", remedy=f"Choose one of {', '.join(sources)}."
        )
    index: dict[str, Path] = {}
    for name, folder in sources.items():
        if source in (None, name):
            for path, file in _responses(folder):
                index.setdefault(path, file)
    return index


def _is_source(folder: Path) -> bool:
    return any((folder / name).is_dir() for name in _FOLDERS)


def _responses(source: Path) -> Iterator[tuple[str, Path]]:
    for name, prefix in _FOLDERS.items():
        for suffix in _SUFFIXES:
            for file in sorted((source / name).rglob(f"*{suffix}")):
                if file.is_file() and file.resolve().is_relative_to(source.resolve()):
                    yield prefix + file.relative_to(source / name).as_posix().removesuffix(suffix), file


class RecordingApp:
    """An ASGI application that answers from ``index``: bytes as recorded, and 404 ``null`` for the rest."""

    def __init__(self, index: dict[str, Path]) -> None:
        self._index = index
        self._bodies: Memory[bytes] = Memory(_REMEMBERED_BYTES)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI
        if scope["method"] != "GET":
            await _answer(send, 405, b"", (b"allow", b"GET"))
            return
        # Only paths that were found when the index was made can be asked for: no path leads elsewhere.
        file = self._index.get(scope["path"])
        if file is None:
            await _answer(send, 404, b"null")
            return
        try:
            body = await self._body(file)
        except (OSError, EOFError, zlib.error) as error:
            log.warning("recording_not_readable", file=str(file), reason=str(error))
            await _answer(send, 500, b"null")
        else:
            await _answer(send, 200, body)

    async def _body(self, file: Path) -> bytes:
        key = str(file)
        body = self._bodies.recall(key)
        if body is None:
            body = await asyncio.to_thread(_read, file)
            self._bodies.remember(key, body, len(body))
        return body


def _read(file: Path) -> bytes:
    content = file.read_bytes()
    return gzip.decompress(content) if file.suffix == ".gz" else content


async def _answer(send: Send, status: int, body: bytes, *headers: tuple[bytes, bytes]) -> None:
    fixed = ((b"content-type", b"application/json; charset=utf-8"), (b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": [*fixed, *headers]})
    await send({"type": "http.response.body", "body": body})


async def serve_recordings(
    root: Path,
    *,
    host: str,
    port: int,
    source: str | None = None,
    on_ready: Callable[[str, int], None] | None = None,
) -> None:
    """Serve the recordings under ``root`` until SIGINT or SIGTERM; ``port`` 0 takes a free one.

    ``on_ready`` is told the base URL and the number of responses once the port is bound.

    Raises:
        ConfigurationError: see :func:`index_recordings`; or the address or port cannot be listened on.
    """
    index = await asyncio.to_thread(index_recordings, root, source)
    with listen(host, port) as listener:
        if on_ready is not None:
            on_ready(base_url(listener), len(index))
        await recording_server(RecordingApp(index)).serve(sockets=[listener])


def recording_server(app: AsgiApp) -> uvicorn.Server:
    """A quiet uvicorn for ``app``. It is given its sockets when it is run."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            lifespan="off",
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=5,
        )
    )


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on ``host`` and ``port``.

    Raises:
        ConfigurationError: the port is taken, or the address is not of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    if not 0 <= port <= _LAST_PORT:
        raise _not_listening(host, port, "there is no such port")
    try:
        listener = socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ConfigurationError(
                f"Port {port} on {host} is taken by another process.",
                remedy="Stop that one, or choose another port with --port.",
            ) from error
        raise _not_listening(host, port, str(error.strerror)) from error
    # asyncio sets it only on sockets that name their protocol. Without it the body of an answer waits for the
    # client's delayed acknowledgement of the head, 40 ms on a reused connection. Accepted sockets inherit it.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _not_listening(host: str, port: int, reason: str) -> ConfigurationError:
    return ConfigurationError(
        f"Cannot listen on {host} port {port}: {reason}.",
        remedy="Choose an address of this machine and a port from 1024 to 65535.",
    )


def base_url(listener: socket.socket) -> str:
    """The http:// address of a listening socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
