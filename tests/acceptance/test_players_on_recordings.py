"""Recorded players: what was observed is what is known, and the same in another order is no news."""

from __future__ import annotations

import gzip
from pathlib import Path

import msgspec
import pytest

from application.projections.players import PLAYER, PLAYERS
from benchmarks.catalogue import shuffled
from domain.players.decide import players_decider
from domain.players.observation import PlayersObserved, write_player
from tests.projecting import folded, recorded, rows_of


@pytest.mark.quirk("2.11")
def test_recorded_players_come_back_whole_and_a_second_observation_adds_nothing(recordings: Path) -> None:
    bodies = [gzip.decompress(file.read_bytes()) for file in recordings.glob("*/v1/players/nfl.json.gz")]
    assert bodies
    for body in bodies:
        players = msgspec.json.decode(body)
        seen = PlayersObserved(msgspec.json.decode(body, type=dict[str, msgspec.Raw]), complete=True)
        events = players_decider.decide(players_decider.initial, seen)
        state = players_decider.fold(events)
        mixed = {key: write_player(player) for key, player in shuffled(players).items()}
        assert players_decider.decide(state, seen) == []
        assert players_decider.decide(state, PlayersObserved(mixed, complete=True)) == []
        rows = rows_of(PLAYERS, folded(PLAYERS, recorded(events)))[PLAYER]
        assert {row["player_id"]: row["data"] for row in rows} == players
