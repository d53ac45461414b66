"""A poller looks at all weeks first, then at the last ones, and outlives whatever fails."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, ClassVar

import pytest

from application.commands.sync_league import SyncFailure, SyncLeague, SyncReport, SyncType
from application.commands.sync_players import SyncPlayers
from domain.errors import LeagueNotFound, LogUnavailable
from interfaces.cli import poller as polling
from interfaces.cli.poller import FULL_AGAIN, FULL_EVERY, LeaguePoller, PlayersPoller

FAILURE = SyncFailure(url="http://x", message="no", remedy="")


class Syncer:
    """Syncs by the outcomes given: a list of failed endpoints, or an error."""

    def __init__(self, *outcomes: Any) -> None:
        self.outcomes = list(outcomes)
        self.types: list[SyncType] = []
        self.on_empty: Callable[[], None] = lambda: None

    async def sync(self, command: SyncLeague) -> SyncReport:
        self.types.append(command.sync_type)
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, BaseException):
            raise outcome
        return SyncReport(
            success=not outcome,
            league_id=command.league_id,
            sync_type=command.sync_type,
            records_updated=0,
            events=0,
            duration_ms=1,
            position=1,
            errors=outcome,
            absent=[],
            changes=[],
        )


FULL, INCREMENTAL = SyncType.FULL, SyncType.INCREMENTAL


@pytest.mark.quirk("2.12")
async def test_all_weeks_come_first_then_the_last_ones() -> None:
    syncer = Syncer([], [], [])
    poller = LeaguePoller(syncer, "1", 60)
    for _ in range(3):
        await poller.poll()
    assert syncer.types == [FULL, INCREMENTAL, INCREMENTAL]


async def test_a_full_sync_that_could_not_begin_is_tried_again_at_once() -> None:
    syncer = Syncer(LogUnavailable("gone."), LeagueNotFound("1"), [], [])
    poller = LeaguePoller(syncer, "1", 60)
    for _ in range(4):
        await poller.poll()
    assert syncer.types == [FULL, FULL, FULL, INCREMENTAL]


async def test_a_full_sync_with_failed_endpoints_is_repeated_later() -> None:
    now = [0.0]
    syncer = Syncer([FAILURE], [FAILURE], [], [])
    poller = LeaguePoller(syncer, "1", 60, clock=lambda: now[0])
    await poller.poll()
    await poller.poll()
    now[0] = FULL_AGAIN
    await poller.poll()
    await poller.poll()
    assert syncer.types == [FULL, INCREMENTAL, FULL, INCREMENTAL]


@pytest.mark.quirk("0", "2.7", "2.12")
async def test_once_a_day_all_weeks_are_swept_again() -> None:
    """Sleeper changes transactions and scores of legs that are long over."""
    now = [0.0]
    syncer = Syncer([], [], [FAILURE], [], [], [])
    poller = LeaguePoller(syncer, "1", 60, clock=lambda: now[0])
    for now[0] in (0.0, FULL_EVERY - 1, FULL_EVERY, FULL_EVERY + FULL_AGAIN, FULL_EVERY + 2 * FULL_AGAIN):
        await poller.poll()
    assert syncer.types == [FULL, INCREMENTAL, FULL, FULL, INCREMENTAL]
    now[0] = 2 * FULL_EVERY + FULL_AGAIN
    await poller.poll()
    assert syncer.types[-1] is FULL


@pytest.mark.parametrize("error", [LogUnavailable("gone."), ValueError("a defect"), TimeoutError()])
async def test_polling_goes_on_after_an_error(error: Exception) -> None:
    syncer = Syncer(error, [], asyncio.CancelledError())
    with pytest.raises(asyncio.CancelledError):
        await LeaguePoller(syncer, "1", 0).run()
    assert len(syncer.types) == 3


async def test_players_are_looked_at_again_and_again_whatever_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "PLAYERS_EVERY", 0.0)

    class Players:
        outcomes: ClassVar[list[BaseException | None]] = [
            LogUnavailable("gone."),
            None,
            asyncio.CancelledError(),
        ]
        asked: ClassVar[list[SyncPlayers]] = []

        async def sync(self, command: SyncPlayers) -> None:
            self.asked.append(command)
            outcome = self.outcomes.pop(0)
            if outcome is not None:
                raise outcome

    with pytest.raises(asyncio.CancelledError):
        await PlayersPoller(Players()).run()
    assert Players.asked == [SyncPlayers()] * 3
