"""Serves a folder of recorded Sleeper responses as if it were Sleeper.

A root holds sources, one folder each, or is a source itself. A source lays responses out by API path:
``v1/league/123/rosters.json`` (or ``.json.gz``) answers ``/v1/league/123/rosters``, and what lies under
``api.sleeper.com/`` answers without that prefix: those paths have no version.
"""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from pathlib import Path
from typing import Any

import structlog

from domain.errors import ConfigurationError
from infrastructure.sleeper.memory import Memory

_FOLDERS = {"v1": "/v1/", "api.sleeper.com": "/"}  # in a source: the URL path that answers for it
_SUFFIXES = (".json", ".json.gz")  # the first is preferred where both lie side by side
_REMEMBERED_BYTES = 64 * 1024 * 1024

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
