"""What a feed says that is not known: new lines, numbers that moved, corrections, lines that are gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from domain.decider import Decider
from domain.event import Event
from domain.feeds import events as e
from domain.feeds.observation import Feed, Line, LinesObserved
from domain.feeds.state import FeedState, evolve
from domain.values import changes, chunks, gone_from

CHUNK: Final = 200
"""Players in one event: some 70 KB of stats, so that a page of the log stays small."""
_RANKS: Final = ("pos_rank_", "rank_")
"""Keys that begin so follow from the numbers of others: one correction moves the ranks of many players."""
_GAME: Final = ("team", "opponent", "game_id", "date")


class _Types(NamedTuple):
    recorded: type[e.LinesRecorded]
    revised: type[e.LinesRevised]
    withdrawn: type[e.LinesWithdrawn]


_TYPES: Final[Mapping[Feed, _Types]] = {
    Feed.STATS: _Types(e.StatsRecorded, e.StatsRevised, e.StatsWithdrawn),
    Feed.PROJECTIONS: _Types(e.ProjectionsRecorded, e.ProjectionsRevised, e.ProjectionsWithdrawn),
    Feed.RESEARCH: _Types(e.ResearchRecorded, e.ResearchRevised, e.ResearchWithdrawn),
}


def decide(known: FeedState, seen: LinesObserved) -> Sequence[Event]:
    """What the observation says that is not known. An empty answer tells nothing."""
    if not seen.lines:
        return []
    types, before, at = _TYPES[seen.feed], known.lines, _period(seen)
    new = {key: seen.lines[key] for key in sorted(seen.lines.keys() - before.keys())}
    moved = _moved(before, seen.lines)
    corrected = _corrections(before, moved) if known.closed else {}
    revised = _without_corrections(moved) if known.closed else moved
    return [
        *(types.recorded(**at, players=chunk) for chunk in chunks(new, CHUNK)),
        *(e.StatsCorrected(**at, players=chunk) for chunk in chunks(corrected, CHUNK)),
        *(types.revised(**at, players=chunk) for chunk in chunks(revised, CHUNK)),
        *_withdrawn(types, at, before, seen.lines),
        *([e.StatsClosed(**at)] if seen.feed is Feed.STATS and seen.over and not known.closed else []),
    ]


def _period(seen: LinesObserved) -> dict[str, Any]:
    return {
        "season": seen.period.season,
        "season_type": seen.period.season_type,
        "week": seen.period.week,
    }


def _moved(before: Mapping[str, Line], now: Mapping[str, Line]) -> dict[str, e.LineChange]:
    both = sorted(key for key in now.keys() & before.keys() if now[key] != before[key])
    found = {key: _change(before[key], now[key]) for key in both}
    return {key: change for key, change in found.items() if change != _NOTHING}


def _change(before: Line, now: Line) -> e.LineChange:
    changed, removed = changes(before.stats, now.stats)
    game = {
        field: told
        for field in _GAME
        if (told := getattr(now, field)) is not None and told != getattr(before, field)
    }
    return e.LineChange(changed=changed, removed=removed, game=game)


def _corrections(before: Mapping[str, Line], moved: Mapping[str, e.LineChange]) -> dict[str, e.LineChange]:
    """Of what moved the numbers, with what they were; without ranks."""
    found = {key: _correction(before[key].stats, change) for key, change in moved.items()}
    return {key: change for key, change in found.items() if change != _NOTHING}


def _correction(before: Mapping[str, Any], change: e.LineChange) -> e.LineChange:
    changed = {key: value for key, value in change.changed.items() if not key.startswith(_RANKS)}
    removed = tuple(key for key in change.removed if not key.startswith(_RANKS))
    told = {key: before[key] for key in (*changed, *removed) if key in before}
    return e.LineChange(changed=changed, before=told, removed=removed)


def _without_corrections(moved: Mapping[str, e.LineChange]) -> dict[str, e.LineChange]:
    found = {key: _ranks(change) for key, change in moved.items()}
    return {key: change for key, change in found.items() if change != _NOTHING}


def _ranks(change: e.LineChange) -> e.LineChange:
    return e.LineChange(
        changed={key: value for key, value in change.changed.items() if key.startswith(_RANKS)},
        removed=tuple(key for key in change.removed if key.startswith(_RANKS)),
        game=change.game,
    )


def _withdrawn(
    types: _Types, at: Mapping[str, Any], before: Mapping[str, Line], now: Mapping[str, Line]
) -> Iterator[Event]:
    gone = gone_from(before.keys(), now.keys())
    if gone:
        yield types.withdrawn(**at, players=tuple(gone))


_NOTHING: Final = e.LineChange()
feed_decider: Decider[FeedState, LinesObserved] = Decider(FeedState(), decide, evolve)
