"""Every recorded body of the endpoints that we sync decodes, and nothing that means something is lost."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from domain.brackets.observation import BracketGame
from domain.league.observation import League, NflState
from domain.matchups.observation import MatchupRow
from domain.members.observation import Member
from domain.picks.observation import TradedPick
from domain.rosters.observation import Roster
from domain.transactions.observation import Transaction
from infrastructure.sleeper.client import decode
from infrastructure.sleeper.recording import index_recordings
from infrastructure.sleeper.transport import Answer

ENDPOINTS: dict[str, tuple[Any, set[str]]] = {
    # The endpoint's path: its type, and what we leave out beside the noise, because nobody asks for it.
    r"/state/nfl": (NflState, set()),
    r"/league/\d+": (League, set()),
    r"/league/\d+/users": (tuple[Member, ...], {"league_id", "settings"}),
    r"/league/\d+/rosters": (tuple[Roster, ...], {"league_id"}),
    r"/league/\d+/matchups/\d+": (tuple[MatchupRow, ...], set()),
    r"/league/\d+/transactions/\d+": (tuple[Transaction, ...], set()),
    r"/league/\d+/(?:winners|losers)_bracket": (tuple[BracketGame, ...], set()),
    r"/league/\d+/traded_picks": (tuple[TradedPick, ...], set()),
}
# What the league's chat changes, and where Sleeper keeps a league.
NOISE = re.compile(r"last_(message|author|read|pinned)_.*|shard")


def recorded(root: Path) -> Iterator[tuple[str, bytes]]:
    """Path and body of every response, of all sources."""
    for source in sorted(folder.name for folder in root.iterdir() if (folder / "v1").is_dir()):
        for path, file in index_recordings(root, source).items():
            content = file.read_bytes()
            yield path, gzip.decompress(content) if file.suffix == ".gz" else content


def recorded_over_time(root: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted(root.glob("*/series/**/*.jsonl.gz")):
        path = "/" + file.as_posix().partition("/series/")[2].removesuffix(".jsonl.gz")
        for line in gzip.decompress(file.read_bytes()).splitlines():
            yield path, bytes(msgspec.json.decode(line, type=Line).body)


class Line(msgspec.Struct):
    body: msgspec.Raw


def lost(path: str, body: bytes) -> list[str] | None:
    """The keys of a body that hold something that its decoded form does not; ``None`` for other endpoints."""
    for pattern, (kind, unused) in ENDPOINTS.items():
        if re.fullmatch(f"/v1{pattern}", path):
            decoded = decode(path, Answer(200, body, None, "application/json"), kind)
            raw, kept = msgspec.json.decode(body), msgspec.json.decode(msgspec.json.encode(decoded))
            if isinstance(raw, dict):
                raw, kept = [raw], [kept]
            return [
                f"{key} of {path}"
                for before, after in zip(raw, kept, strict=True)
                for key in before.keys() - unused
                if not NOISE.fullmatch(key) and not same(before[key], after.get(key))
            ]
    return None


def same(before: Any, after: Any) -> bool:
    """Equal, but for defaults that are left out when written, and ids that come as numbers and are kept as text."""
    if isinstance(before, dict) and isinstance(after, dict):
        return all(same(before.get(key), after.get(key)) for key in before.keys() | after.keys())
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(map(same, before, after))
    return before == after or (before == 0 and after is None) or str(before) == after


@pytest.mark.quirk("2.2", "2.4")
def test_every_recorded_body_decodes_and_keeps_what_it_says(recordings):
    found = [lost(path, body) for path, body in recorded(recordings)]
    assert any(keys is not None for keys in found)
    assert [keys for keys in found if keys] == []


@pytest.mark.quirk("2.2", "2.4")
def test_every_body_recorded_over_time_decodes_and_keeps_what_it_says(recordings):
    found = [lost(path, body) for path, body in recorded_over_time(recordings)]
    if not found:
        pytest.skip("the recordings hold no series")
    assert any(keys is not None for keys in found)
    assert [keys for keys in found if keys] == []
