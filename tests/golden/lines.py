"""The golden file of events: a line for each type and version that was ever written to a log."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import msgspec

from domain.codec import decode, encode
from domain.event import EVENT_TYPES, Event, UnknownEvent

GOLDEN = Path(__file__).with_name("events.jsonl")

Key = tuple[str, int]
"""The name and the schema version of a type."""


def line_of(event: Event) -> str:
    """An event as a line of the golden file, its data byte for byte as in the log."""
    name = type(event).__name__
    version = EVENT_TYPES[name].version
    return f'{{"type": "{name}", "version": {version}, "data": {encode(event).decode()}}}'


def golden_lines(path: Path = GOLDEN) -> dict[Key, str]:
    """The lines of the golden file by type and version."""
    return {_key(line): line for line in path.read_text(encoding="utf-8").splitlines()}


def _key(line: str) -> Key:
    stored = json.loads(line)
    return stored["type"], stored["version"]


def event_of(line: str) -> Event | UnknownEvent:
    """The event that a log which holds the line's data is read as."""
    stored = json.loads(line)
    return decode(stored["type"], stored["version"], msgspec.json.encode(stored["data"]))


def missing(lines: Collection[Key]) -> set[Key]:
    """The versions of registered types, from the first to the current one, that have no line."""
    versions = {(name, n) for name, known in EVENT_TYPES.items() for n in range(1, known.version + 1)}
    return versions - set(lines)


def misread(lines: Mapping[Key, str], former: Mapping[Key, Event]) -> set[Key]:
    """The lines of versions that are no longer current and do not read as ``former`` says, or not said there."""
    old = {key for key in lines if key[0] in EVENT_TYPES and key[1] < EVENT_TYPES[key[0]].version}
    return {key for key in old | former.keys() if key not in lines or former.get(key) != event_of(lines[key])}


def regenerated(lines: Mapping[Key, str], samples: Iterable[Event]) -> dict[Key, str]:
    """The lines with those of the samples added; none that is there is changed.

    Raises:
        ValueError: an event is encoded in another way than its version was before.
    """
    added = {_key(line): line for line in map(line_of, samples)}
    for (name, version), line in added.items():
        if lines.get((name, version), line) != line:
            raise ValueError(
                f"{name} v{version} is not encoded as before, and logs hold it as it was: raise its version and "
                "add an upcaster. Only a version that was never released may be deleted from the file instead."
            )
    return dict(sorted({**lines, **added}.items()))
