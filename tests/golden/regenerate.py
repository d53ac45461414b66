"""``python -m tests.golden.regenerate`` writes the golden file of events anew.

Lines of versions that are no longer current stay: the log still holds such events.
"""

from __future__ import annotations

import json
from pathlib import Path

from domain.codec import encode
from domain.event import EVENT_TYPES, Event
from tests.golden.samples import SAMPLES

GOLDEN = Path(__file__).with_name("events.jsonl")


def line_of(event: Event) -> str:
    """An event as a line of the golden file, its data byte for byte as in the log."""
    name = type(event).__name__
    version = EVENT_TYPES[name].version
    return f'{{"type": "{name}", "version": {version}, "data": {encode(event).decode()}}}'


def golden_lines() -> dict[tuple[str, int], str]:
    """The lines of the golden file by type and version."""
    lines = GOLDEN.read_text(encoding="utf-8").splitlines() if GOLDEN.exists() else []
    return {_key(line): line for line in lines}


def _key(line: str) -> tuple[str, int]:
    stored = json.loads(line)
    return stored["type"], stored["version"]


if __name__ == "__main__":
    current = {_key(line): line for line in map(line_of, SAMPLES)}
    merged = {**golden_lines(), **current}
    GOLDEN.write_text("\n".join(merged[key] for key in sorted(merged)) + "\n", encoding="utf-8")
