"""Recorded answers played back by the clock: at each moment, what was last recorded by then.

A folder ``series`` holds a file for each path of the API, ``v1/league/123/rosters.jsonl.gz``, with a line
for each change that was seen: ``recorded_at`` (RFC 3339) and ``body``. Other fields are left alone.
"""

from __future__ import annotations

import gzip
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from domain.errors import ConfigurationError

_SUFFIXES = (".jsonl.gz", ".jsonl")
_UNVERSIONED = "api.sleeper.com/"  # a folder for the paths without /v1, as in other recordings
_UNREADABLE = (OSError, EOFError, zlib.error, msgspec.DecodeError)


class Recorded(NamedTuple):
    """An answer, byte for byte, to ``path`` (``/v1/…``), and when it was first seen."""

    at: datetime
    path: str
    body: bytes


class _Line(msgspec.Struct, frozen=True):
    recorded_at: datetime
    body: msgspec.Raw


_LINE = msgspec.json.Decoder(_Line)


def read_series(folder: Path) -> list[Recorded]:
    """Everything recorded in ``folder``, which is named series or holds one that is, in the order of time.

    Raises:
        ConfigurationError: there is no series, or a line of it cannot be read; says which.
    """
    root = folder / "series" if (folder / "series").is_dir() else folder
    files = [(file, suffix) for suffix in _SUFFIXES for file in sorted(root.rglob(f"*{suffix}"))]
    if not files:
        raise ConfigurationError(
            f"{folder} holds no series.",
            remedy="Name a folder with files like v1/league/123/rosters.jsonl.gz, or the one above it.",
        )
    found = (line for file, suffix in files for line in _lines(file, _path(root, file, suffix)))
    return sorted(found, key=lambda line: line.at)


def _path(root: Path, file: Path, suffix: str) -> str:
    return "/" + file.relative_to(root).as_posix().removesuffix(suffix).removeprefix(_UNVERSIONED)


def _lines(file: Path, path: str) -> Iterator[Recorded]:
    number = 0
    try:
        content = file.read_bytes()
        text = gzip.decompress(content) if file.suffix == ".gz" else content
        for number, row in enumerate(text.splitlines(), start=1):  # noqa: B007 - told where one is bad
            line = _LINE.decode(row)
            yield Recorded(_aware(line.recorded_at), path, bytes(line.body))
    except _UNREADABLE as error:
        where = f"Line {number} of {file}" if number else str(file)
        raise ConfigurationError(
            f"{where} cannot be read: {error}.",
            remedy='Each line has to be an object like {"recorded_at": "2026-09-13T17:00:00Z", "body": []}.',
        ) from None


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class Series:
    """Answers from recordings in the place of a simulated world. Moments are milliseconds since 1970."""

    seed = 0
    """Nothing here is left to chance but the faults."""
    verbatim = True

    def __init__(self, recorded: Iterable[Recorded]) -> None:
        self._paths: dict[str, tuple[list[int], list[bytes]]] = {}
        for line in sorted(recorded, key=lambda line: line.at):
            moments, bodies = self._paths.setdefault(line.path, ([], []))
            moments.append(_millis(line.at))
            bodies.append(line.body)
        self.moments = sorted({at for moments, _ in self._paths.values() for at in moments})
        """When anything was recorded."""

    @property
    def paths(self) -> list[str]:
        return sorted(self._paths)

    def body(self, path: str, at: int, query: str = "") -> bytes | None:  # noqa: ARG002 - none was recorded
        """What was last recorded of ``path`` at or before a moment; None before its first."""
        moments, bodies = self._paths.get(path, ([], []))
        place = bisect_right(moments, at)
        return bodies[place - 1] if place else None

    def next_after(self, at: int) -> int | None:
        """When something is recorded next, or None after the last."""
        place = bisect_right(self.moments, at)
        return self.moments[place] if place < len(self.moments) else None


def _millis(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000)
