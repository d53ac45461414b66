"""How squads came to be before anybody looked: the fold of drafts and transactions (SLEEPER_NOTES 0.1).

A squad is its start, the picks of the season's drafts, and every completed transaction in the order of
``(status_updated, transaction_id)``. Where the start is not known it is found by folding backwards: who is
let go by a team before anything else is told of him was on it, and who is on a team without a move always
was. Such players are assumed, and kept apart from those who are known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from domain.drafts.observation import DraftPick
from domain.event import Event
from domain.rosters.observation import Roster
from domain.rosters.past_events import RostersReconciled, Squad, SquadDifference, SquadsBegan, SquadsMoved
from domain.transactions.observation import Transaction

_DRAFT = "draft"


@dataclass(frozen=True)
class HeldDraft:
    """A draft that is over. Times are in milliseconds, ``None`` where Sleeper tells none.

    ``made_by`` is the time of the last pick, by which all had been made.
    """

    draft_id: str
    picks: Sequence[DraftPick]
    started_at: int | None = None
    made_by: int | None = None

    @cached_property
    def places(self) -> dict[str, int]:
        """The teams of the players who were picked."""
        return {
            pick.player_id: pick.roster_id
            for pick in sorted(self.picks, key=lambda pick: pick.pick_no)
            if pick.player_id and pick.roster_id is not None
        }


@dataclass(frozen=True)
class Sources:
    """What the past of a league's squads is told from, beside its transactions, which must be all.

    ``began_at`` is when the league was created (milliseconds), ``start`` who was on each team then: nobody
    where it is empty, ``None`` where that is not known. With ``clears``, as in a keeper league, a draft ends
    the squads before it, but for those who are picked and for the teams' keepers.
    """

    began_at: int
    start: Mapping[int, Sequence[str]] | None
    drafts: Sequence[HeldDraft] = ()
    clears: bool = False


def tell(
    league_id: str,
    sources: Sources,
    rosters: Sequence[Roster],
    transactions: Sequence[Transaction],
    explained: frozenset[tuple[str | int, ...]] = frozenset(),
) -> Iterator[Event]:
    """The past of the squads of ``rosters``, and where it ends otherwise than they are.

    Moves in ``explained``, ``(transaction id, roster id, player id)``, are told already.
    """
    fold = _Fold(sources, rosters)
    steps = fold.run(transactions)
    moves = [move for step in steps if (move := _moved(league_id, step, fold.teams, explained))]
    reconciled = fold.reconciled(league_id)
    squads = fold.squads_at_first()
    if moves or any(squad.players or squad.assumed for squad in squads):
        began_at = min([sources.began_at, *(move.moved_at for move in moves)])
        yield SquadsBegan(league_id=league_id, began_at=began_at, squads=squads)
    yield from moves
    yield reconciled


class _Step(NamedTuple):
    """What a draft or a transaction changed; ``at`` is ``None`` where no time is known."""

    at: int | None
    how: str
    adds: dict[str, int]
    drops: dict[str, int]
    transaction_id: str | None = None
    draft_id: str | None = None


def _moved(
    league_id: str, step: _Step, teams: frozenset[int], explained: frozenset[tuple[str | int, ...]]
) -> SquadsMoved | None:
    adds, drops = (_untold(moved, step.transaction_id, teams, explained) for moved in (step.adds, step.drops))
    if step.at is None or not (adds or drops):
        return None
    return SquadsMoved(
        league_id=league_id,
        moved_at=step.at,
        how=step.how,
        transaction_id=step.transaction_id,
        draft_id=step.draft_id,
        adds=adds,
        drops=drops,
    )


def _untold(
    moved: dict[str, int],
    cause: str | None,
    teams: frozenset[int],
    explained: frozenset[tuple[str | int, ...]],
) -> dict[str, int]:
    """The moves of ``teams`` that are not ``explained``: all of them, but for rare exceptions."""
    if not explained and teams.issuperset(moved.values()):
        return moved
    return {
        player: team
        for player, team in moved.items()
        if team in teams and (cause or "", team, player) not in explained
    }


class _Fold:
    """The teams that every player is on, from the start to the end."""

    def __init__(self, sources: Sources, rosters: Sequence[Roster]) -> None:
        self.teams = frozenset(roster.roster_id for roster in rosters)
        self._assumed: defaultdict[int, list[str]] = defaultdict(list)
        """Who must have been on a team from the start."""
        self._sources = sources
        self._rosters = sorted(rosters, key=lambda roster: roster.roster_id)
        self._on: dict[str, set[int]] = {}
        """Of every player of whom anything is told."""
        self._unapplied: list[str] = []
        self._transactions = 0
        for team, players in (sources.start or {}).items():
            for player in players:
                self._on.setdefault(player, set()).add(team)

    def run(self, transactions: Iterable[Transaction]) -> list[_Step]:
        """Fold every draft and every completed transaction of a known time, once."""
        steps: list[_Step] = []
        pending = sorted(self._sources.drafts, key=lambda draft: (draft.made_by or 0, draft.draft_id))
        complete = [each for each in transactions if each.status == "complete" and each.status_updated]
        for each in sorted(complete, key=lambda each: each.applied):
            due = [(at, draft) for draft in pending if (at := self._due(draft, each)) is not None]
            for at, draft in sorted(due, key=lambda held: held[0]):
                steps.append(self._hold(draft, at))
                pending.remove(draft)
            steps.append(self._follow(each))
        self._transactions = len(complete)
        return [*steps, *(self._hold(draft, draft.made_by) for draft in pending)]

    def _due(self, draft: HeldDraft, following: Transaction) -> int | None:
        """When the draft was over, if it was before a transaction: by the first that needs its picks, too."""
        at = following.status_updated or 0
        if draft.made_by is not None and draft.made_by <= at:
            return draft.made_by
        opened = draft.made_by or 0 if draft.started_at is None else draft.started_at
        places = draft.places
        needed = opened <= at and any(
            places.get(player) == team and team not in self._on.get(player, ())
            for player, team in (following.drops or {}).items()
        )
        return at if needed else None

    def _hold(self, draft: HeldDraft, at: int | None) -> _Step:
        places = draft.places
        drops = self._released(places) if self._sources.clears else {}
        return self._step(_Step(at, _DRAFT, places, drops, draft_id=draft.draft_id))

    def _released(self, places: Mapping[str, int]) -> dict[str, int]:
        keepers = {roster.roster_id: frozenset(roster.keepers or ()) for roster in self._rosters}
        return {
            player: team
            for player, teams in self._on.items()
            for team in teams
            if places.get(player) != team and player not in keepers.get(team, ())
        }

    def _follow(self, transaction: Transaction) -> _Step:
        adds, drops, id_ = transaction.adds or {}, transaction.drops or {}, transaction.transaction_id
        founded = [self._has(player, team) for player, team in drops.items()]
        news = [team not in self._on.get(player, ()) for player, team in adds.items() if player not in drops]
        if not all([*founded, *news]):
            self._unapplied.append(id_)
        return self._step(_Step(transaction.status_updated, transaction.type, adds, drops, id_))

    def _has(self, player: str, team: int) -> bool:
        """Whether a team has a player to let go. Of whom nothing is told yet, he was there from the start."""
        if player not in self._on:
            self._assumed[team].append(player)
            self._on[player] = {team}
        return team in self._on[player]

    def _step(self, said: _Step) -> _Step:
        """Apply a step; returns what it changed. Drops come first: whom one team drops and adds, stays."""
        gone = {player: team for player, team in said.drops.items() if team in self._on.get(player, ())}
        for player, team in gone.items():
            self._on[player].discard(team)
        came = {player: team for player, team in said.adds.items() if team not in self._on.get(player, ())}
        for player, team in came.items():
            self._on.setdefault(player, set()).add(team)
        for player in [player for player, team in gone.items() if came.get(player) == team]:
            del gone[player], came[player]
        return said._replace(adds=came, drops=gone)

    def reconciled(self, league_id: str) -> RostersReconciled:
        """Compare the end with the rosters. A start that is not known gets whom nothing has brought."""
        start = self._start()
        squads: defaultdict[int, set[str]] = defaultdict(set)
        for player, teams in self._on.items():
            for team in teams:
                squads[team].add(player)
        differences = [
            self._difference(roster, squads[roster.roster_id], known=start != "assumed")
            for roster in self._rosters
        ]
        return RostersReconciled(
            league_id=league_id,
            start=start,
            picks=sum(len(draft.places) for draft in self._sources.drafts),
            transactions=self._transactions,
            differences=tuple(each for each in differences if each.missing or each.extra),
            unapplied=tuple(self._unapplied),
        )

    def squads_at_first(self) -> tuple[Squad, ...]:
        """What every team began with, after all is folded and reconciled."""
        start = self._sources.start or {}
        return tuple(
            Squad(roster_id=team, players=_listed(start.get(team, ())), assumed=_listed(self._assumed[team]))
            for team in sorted(self.teams)
        )

    def _start(self) -> str:
        """What the squads began from.

        That nobody was on them is believed where a draft filled them and no team let go whom it never got.
        """
        start = self._sources.start
        if start is not None and any(start.values()):
            return "previous_season"
        filled = any(draft.places for draft in self._sources.drafts)
        nobody = filled or not any(roster.players for roster in self._rosters)
        return "empty" if start is not None and nobody and not any(self._assumed.values()) else "assumed"

    def _difference(self, roster: Roster, squad: set[str], *, known: bool) -> SquadDifference:
        missing = set(roster.players or ()) - squad
        always = set[str]() if known else {player for player in missing if player not in self._on}
        self._assumed[roster.roster_id] += always
        return SquadDifference(
            roster_id=roster.roster_id,
            missing=_listed(missing - always),
            extra=_listed(squad.difference(roster.players or ())),
        )


def _listed(players: Iterable[str]) -> tuple[str, ...]:
    """In the order in which Sleeper lists players."""
    return tuple(sorted(set(players)))
