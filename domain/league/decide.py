"""What changed in a league object."""

from __future__ import annotations

from collections.abc import Iterator

from domain.decider import Decider
from domain.event import Event
from domain.league import events as e
from domain.league.observation import League
from domain.league.state import LeagueState, evolve
from domain.values import changes, differs

# Settings that Sleeper moves by itself, week by week (SLEEPER_NOTES 2.10).
_CLOCK = frozenset({"leg", "last_scored_leg", "last_report", "daily_waivers_last_ran"})
_WITH_OWN_EVENT = frozenset(
    {"league_id", "name", "status", "settings", "scoring_settings", "roster_positions"}
)
_DETAILS = tuple(sorted(set(League.__struct_fields__) - _WITH_OWN_EVENT))


def decide(known: LeagueState, seen: League) -> list[Event]:
    """What the observed league object says that is not known.

    A name, a status, a list or a map that is null tells nothing; other fields can become null.
    """
    if known is None:
        return [e.LeagueRegistered(league_id=seen.league_id, league=seen)]
    if known == seen:
        return []
    return [*_status_and_name(known, seen), *_rules(known, seen), *_details(known, seen)]


def _status_and_name(known: League, seen: League) -> Iterator[Event]:
    id_ = seen.league_id
    if seen.status is not None and seen.status != known.status:
        yield e.LeagueStatusChanged(league_id=id_, before=known.status, after=seen.status)
    if seen.name is not None and seen.name != known.name:
        yield e.LeagueRenamed(league_id=id_, before=known.name, after=seen.name)


def _rules(known: League, seen: League) -> Iterator[Event]:
    id_ = seen.league_id
    changed, removed = changes(known.settings, seen.settings)
    for kind, mine in (
        (e.LeagueClockAdvanced, _CLOCK),
        (e.LeagueSettingsChanged, (changed.keys() | set(removed)) - _CLOCK),
    ):
        kept = {key: value for key, value in changed.items() if key in mine}
        gone = tuple(key for key in removed if key in mine)
        if kept or gone:
            yield kind(league_id=id_, changed=kept, removed=gone)
    changed, removed = changes(known.scoring_settings, seen.scoring_settings)
    if changed or removed:
        yield e.ScoringRulesChanged(league_id=id_, changed=changed, removed=removed)
    slots = seen.roster_positions
    if slots is not None and differs(known.roster_positions, slots):
        yield e.RosterPositionsChanged(league_id=id_, before=known.roster_positions or (), after=slots)


def _details(known: League, seen: League) -> Iterator[Event]:
    changed = {
        field: getattr(seen, field)
        for field in _DETAILS
        if differs(getattr(known, field), getattr(seen, field))
        and (field != "metadata" or seen.metadata is not None)
    }
    if changed:
        yield e.LeagueDetailsChanged(league_id=seen.league_id, changed=changed)


league_decider: Decider[LeagueState, League] = Decider(None, decide, evolve)
