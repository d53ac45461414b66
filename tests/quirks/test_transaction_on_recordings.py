"""Recorded transactions are what our streams, times and syncs rely on (SLEEPER_NOTES 0 and 2.8).

Needs a folder of recordings, named by ``GAMEFILM_RECORDINGS``.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from domain.snowflakes import made_at
from domain.transactions.observation import Transaction
from tests.projecting import recorded_leagues


def recorded_legs(root: Path) -> list[tuple[str, int, tuple[Transaction, ...]]]:
    """The name of the league among the recordings, the leg and the rows of every recorded leg."""
    return [
        (league.name, int(name.split("/")[1]), rows)
        for league in recorded_leagues(root)
        for name, rows in league.observed.items()
        if name.startswith("transactions/")
    ]


@pytest.mark.quirk("2.8")
def test_recorded_transactions_are_what_our_streams_rely_on(recordings: Path) -> None:
    """Each is of the leg that lists it and of no other: its stream is that leg's, its key the id alone."""
    legs: Counter[tuple[str, str]] = Counter()
    for name, leg, rows in recorded_legs(recordings):
        assert {row.leg for row in rows} <= {leg}
        legs.update((name, row.transaction_id) for row in rows)
        assert {row.adds == {} or row.drops == {} for row in rows} <= {False}
        assert {(row.type == "commissioner") is (row.consenter_ids is None) for row in rows} <= {True}
        for row in rows:
            if row.type in ("free_agent", "commissioner"):
                assert row.created == row.status_updated
    assert len(legs) > 1000
    assert set(legs.values()) == {1}


@pytest.mark.quirk("0")
def test_the_id_of_each_recorded_transaction_tells_when_it_was_made(recordings: Path) -> None:
    apart = [
        abs(made_at(row.transaction_id) - row.created)
        for _, _, rows in recorded_legs(recordings)
        for row in rows
        if row.created is not None
    ]
    assert len(apart) > 1000
    assert max(apart) <= 4


@pytest.mark.quirk("0")
def test_a_cursor_over_ids_would_lose_recorded_waivers_and_trades(recordings: Path) -> None:
    """Why a leg is compared whole: of those processed after one with a higher id was, many are claims."""
    lost: Counter[str] = Counter()
    for _, _, rows in recorded_legs(recordings):
        last = 0
        for row in sorted(rows, key=lambda each: each.applied):
            lost[row.type] += int(row.transaction_id) < last
            last = max(last, int(row.transaction_id))
    assert lost["waiver"] > 100
    assert lost["trade"] > 10
    assert lost["free_agent"] == lost["commissioner"] == 0


@pytest.mark.quirk("2.8")
def test_recorded_statuses_are_those_that_have_an_event_of_their_own(recordings: Path) -> None:
    told_of = {(row.type, row.status) for _, _, rows in recorded_legs(recordings) for row in rows}
    assert told_of == {
        ("free_agent", "complete"), ("waiver", "complete"), ("waiver", "failed"), ("trade", "complete"),
        ("commissioner", "complete"),
    }  # fmt: skip


@pytest.mark.quirk("0", "2.8")
def test_recorded_transactions_are_processed_while_an_incremental_sync_still_looks_at_their_leg(
    recordings: Path,
) -> None:
    """A leg lists what was made in it; one processed later stays there. Two legs were enough for all of them."""
    legs: dict[str, dict[int, tuple[Transaction, ...]]] = {}
    for name, leg, rows in recorded_legs(recordings):
        legs.setdefault(name, {})[leg] = rows
    compared = 0
    for by_leg in legs.values():
        for leg, rows in by_leg.items():
            later = [row.created for after in by_leg if after >= leg + 2 for row in by_leg[after]]
            made = [at for at in later if at is not None]
            compared += len(rows) if made else 0
            assert all((row.status_updated or 0) < min(made) for row in rows if made)
    assert compared > 1000
