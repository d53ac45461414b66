"""What changed on the teams of a league."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from domain.decider import Decider
from domain.event import Event
from domain.rosters import events as e
from domain.rosters.causes import Causes
from domain.rosters.observation import Roster
from domain.rosters.past import Sources, tell
from domain.rosters.state import RostersState, evolve
from domain.transactions.observation import Transaction
from domain.values import changes, gained_and_lost

_WAIVER_KEYS = frozenset({"waiver_position", "waiver_budget_used", "waiver_adjusted"})
_RECORD_KEYS = frozenset(
    {"wins", "losses", "ties", "fpts", "fpts_decimal", "fpts_against", "fpts_against_decimal"}
    | {"ppts", "ppts_decimal", "rank", "total_moves", "record", "streak"}
)


@dataclass(frozen=True)
class RostersObserved:
    """All rows of ``/league/{id}/rosters``, and the transactions known by then, which explain moves.

    The transactions must have been fetched before the rosters: a move that a roster shows is then
    explained by one that is already here. Where ``past`` is given they are all that the league has, and the
    past of the squads is told once.
    """

    league_id: str
    rosters: Sequence[Roster]
    transactions: Sequence[Transaction] = ()
    past: Sources | None = None


def decide(known: RostersState, seen: RostersObserved) -> list[Event]:
    """What the observed rosters say that is not known. An empty list tells nothing.

    Every removal comes before the first addition, so that no player is ever on two teams.
    """
    causes = Causes(seen.transactions)
    fresh = [roster for roster in _by_id(seen) if roster.roster_id not in known.rosters]
    pairs = [
        (before, roster)
        for roster in _by_id(seen)
        if (before := known.rosters.get(roster.roster_id)) is not None and before != roster
    ]
    diffs = [_Diff(seen.league_id, before, after, known, causes) for before, after in pairs]
    return [
        *_past(known, seen),
        *_gone(known, seen),
        *(event for diff in diffs for event in diff.removals()),
        *(_registered(seen, causes, roster) for roster in fresh),
        *(event for diff in diffs for event in diff.everything_else()),
    ]


def _by_id(seen: RostersObserved) -> list[Roster]:
    return sorted({roster.roster_id: roster for roster in seen.rosters}.values(), key=lambda r: r.roster_id)


def _past(known: RostersState, seen: RostersObserved) -> Iterator[Event]:
    """What was before the teams were first looked at, unless it is told. It changes no team that was seen."""
    if known.told or seen.past is None or not seen.rosters:
        return
    yield from tell(seen.league_id, seen.past, _by_id(seen), seen.transactions, known.explained)


def _gone(known: RostersState, seen: RostersObserved) -> Iterator[Event]:
    present = {roster.roster_id for roster in seen.rosters}
    for roster_id in sorted(known.rosters.keys() - present) if present else ():
        yield e.RosterRemoved(league_id=seen.league_id, roster_id=roster_id)


def _registered(seen: RostersObserved, causes: Causes, roster: Roster) -> Event:
    return e.RosterRegistered(
        league_id=seen.league_id,
        roster_id=roster.roster_id,
        roster=roster,
        settled=causes.settled(roster),
    )


class _Diff:
    """The differences between a team as it is known and as it was observed."""

    def __init__(
        self, league_id: str, known: Roster, seen: Roster, state: RostersState, causes: Causes
    ) -> None:
        self.known = known
        self.seen = seen
        self.state = state
        self.causes = causes
        self.ids: dict[str, Any] = {"league_id": league_id, "roster_id": seen.roster_id}
        self.came, self.gone = gained_and_lost(known.players, seen.players)

    def removals(self) -> Iterator[Event]:
        for player in self.gone:
            yield e.PlayerRemovedFromRoster(**self.ids, player_id=player, **self._cause(player, added=False))

    def everything_else(self) -> Iterator[Event]:
        yield from self._owners()
        for player in self.came:
            yield e.PlayerAddedToRoster(**self.ids, player_id=player, **self._cause(player, added=True))
        yield from self._squads()
        yield from self._lineup()
        yield from self._maps()

    def _cause(self, player: str, *, added: bool) -> dict[str, Any]:
        cause = self.causes.explanation(self.state, self.seen.roster_id, player, added=added)
        if cause is None:
            return {}
        return {
            "transaction_id": cause.transaction_id,
            "how": cause.type,
            "moved_at": cause.status_updated,
        }

    def _owners(self) -> Iterator[Event]:
        if self.known.owner_id != self.seen.owner_id:
            yield e.RosterOwnerChanged(**self.ids, before=self.known.owner_id, after=self.seen.owner_id)
        yield from self._list_changed("co_owners", e.CoOwnersChanged)
        yield from self._list_changed("keepers", e.KeepersChanged)

    def _list_changed(self, field: str, kind: type[e.CoOwnersChanged | e.KeepersChanged]) -> Iterator[Event]:
        before, after = getattr(self.known, field) or (), getattr(self.seen, field) or ()
        if set(before) != set(after):
            yield kind(**self.ids, before=before, after=after)

    def _squads(self) -> Iterator[Event]:
        for field, placed, released in (
            ("reserve", e.PlayerPlacedOnReserve, e.PlayerActivatedFromReserve),
            ("taxi", e.PlayerPlacedOnTaxi, e.PlayerPromotedFromTaxi),
        ):
            stayed = tuple(player for player in getattr(self.known, field) or () if player not in self.gone)
            came, gone = gained_and_lost(stayed, getattr(self.seen, field) or ())
            yield from (released(**self.ids, player_id=player) for player in gone)
            yield from (placed(**self.ids, player_id=player) for player in came)

    def _lineup(self) -> Iterator[Event]:
        if self.known.starters == self.seen.starters:
            return
        # Nothing in this body proves the order of slots; the week's matchup row does (see matchups).
        before, after = Counter(self.known.starters or ()), Counter(self.seen.starters or ())
        if before != after:
            yield e.StartersChanged(
                **self.ids,
                starters=self.seen.starters or (),
                started=tuple((after - before).elements()),
                benched=tuple((before - after).elements()),
            )

    def _maps(self) -> Iterator[Event]:
        settings, removed_settings = changes(self.known.settings, self.seen.settings)
        metadata, removed_metadata = changes(self.known.metadata, self.seen.metadata)
        touched = {*settings, *removed_settings, *metadata, *removed_metadata}
        for kind, mine in (
            (e.RosterRecordReported, touched & _RECORD_KEYS),
            (e.WaiverStandingChanged, touched & _WAIVER_KEYS),
            (e.RosterDetailsChanged, touched - _RECORD_KEYS - _WAIVER_KEYS),
        ):
            if mine:
                yield kind(
                    **self.ids,
                    settings={key: value for key, value in settings.items() if key in mine},
                    removed_settings=tuple(key for key in removed_settings if key in mine),
                    metadata={key: value for key, value in metadata.items() if key in mine},
                    removed_metadata=tuple(key for key in removed_metadata if key in mine),
                )


rosters_decider: Decider[RostersState, RostersObserved] = Decider(RostersState(), decide, evolve)
