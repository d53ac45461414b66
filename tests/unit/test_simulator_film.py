"""A season as it is shown: every hour in which something happens, and none of the others."""

from __future__ import annotations

from itertools import pairwise

from infrastructure.simulator.app import SimulatorApp
from infrastructure.simulator.calendar import DAY, HOUR, MINUTE, standings_frozen, tuesday, waivers_run
from infrastructure.simulator.clock import Clock
from infrastructure.simulator.film import Film
from infrastructure.simulator.formats import FORMATS
from infrastructure.simulator.world import World, default_moment

SEASON = 2026


def film(weeks: int | None = None, kind: str = "redraft") -> Film:
    world = World(1, SEASON, [FORMATS[kind]], 1)
    return Film(SimulatorApp(world, Clock(default_moment(SEASON))), weeks)


def moments(shown: Film) -> list[int]:
    clock = shown.simulator.clock
    seen = [clock.at]
    while shown.forward():
        seen.append(clock.at)
    return seen


def test_it_begins_before_the_draft_skips_quiet_days_and_ends_when_the_week_is_closed() -> None:
    shown = film(weeks=1)
    assert (shown.week, shown.closed, shown.over) == (0, 0, False)
    seen = moments(shown)
    assert seen == sorted(set(seen))
    assert (shown.week, shown.closed, shown.over) == (1, 1, True)
    assert seen[-1] == standings_frozen(SEASON, 1) + MINUTE
    assert seen[0] < shown.league.drafted < seen[40]
    # A week between the draft and the season is a single step, an afternoon of games many small ones.
    assert max(after - before for before, after in pairwise(seen)) > 5 * DAY
    sunday = tuesday(SEASON, 1) + 5 * DAY
    games = [at for at in seen if sunday + 18 * HOUR <= at <= sunday + 23 * HOUR]
    assert max(after - before for before, after in pairwise(games)) <= 21 * MINUTE
    assert len(seen) < 150


def test_what_happens_together_is_shown_together() -> None:
    seen = moments(film(weeks=1))
    run = waivers_run(SEASON, 1)
    (claims,) = [at for at in seen if run <= at < run + 20 * MINUTE]
    assert claims >= run + MINUTE  # and so after all of them


def test_it_goes_on_where_it_was_last_seen_and_not_beyond_its_end() -> None:
    shown = film(weeks=2)
    whole = moments(shown)
    again = film(weeks=2)
    clock = again.simulator.clock
    clock.advance(whole[70] - clock.at)
    seen = clock.now()
    again = film(weeks=2)
    again.resume(seen)
    assert moments(again) == whole[70:]
    again.resume(seen)
    clock = again.simulator.clock
    clock.advance(365 * DAY)
    assert again.over
    assert not again.forward()
