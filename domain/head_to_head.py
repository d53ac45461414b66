"""How often two owners met over all seasons, and how it ended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from domain.played import Game, Owner, Stage


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """Games of one owner against another: ``games`` is the sum of the three results."""

    games: int = 0
    wins: int = 0
    losses: int = 0
    ties: int = 0
    points_for: float = 0.0
    points_against: float = 0.0


class Rivalry(msgspec.Struct, frozen=True, kw_only=True):
    """What ``owner`` has done against ``opponent``: in the regular season, in the playoffs, and otherwise."""

    owner: Owner
    opponent: Owner
    regular: Tally
    playoffs: Tally
    other: Tally


class Meeting(msgspec.Struct, frozen=True, kw_only=True):
    """One game between two owners. ``result`` is W, L or T of the owner who is asked about.

    A game has more than one of ``weeks`` where a round of the playoffs has.
    """

    league_id: str
    season: str | None
    weeks: Sequence[int]
    stage: Stage
    roster_id: int
    opponent_roster_id: int
    points_for: float
    points_against: float
    result: str


def head_to_head(games: Iterable[Game]) -> list[Rivalry]:
    """Every pair of owners that met, from both sides, ordered by owner and opponent.

    Who owns two teams of a league meets nobody when they play each other.
    """
    met: defaultdict[tuple[Owner, Owner], list[Game]] = defaultdict(list)
    for game in games:
        for seen in (game, game.turned()):
            met[seen.one[0].team.owner, seen.other[0].team.owner].append(seen)
    pairs = sorted((pair for pair in met if pair[0] != pair[1]), key=lambda pair: tuple(map(_order, pair)))
    return [_rivalry(owner, opponent, met[owner, opponent]) for owner, opponent in pairs]


def meetings(games: Iterable[Game], owner: Owner, opponent: Owner) -> list[Meeting]:
    """The games of one pair of owners as ``owner`` saw them, in the order of ``games``."""
    sides = (seen for game in games for seen in (game, game.turned()))
    wanted = (owner, opponent)
    return [_meeting(seen) for seen in sides if (seen.one[0].team.owner, seen.other[0].team.owner) == wanted]


def result(game: Game) -> str:
    """W, L or T for the one, by points. In a bracket somebody goes on even where they are equal."""
    mine, theirs = game.points
    return "W" if mine > theirs else "L" if mine < theirs else "T"


def _rivalry(owner: Owner, opponent: Owner, games: Sequence[Game]) -> Rivalry:
    tallies: Mapping[str, Tally] = {
        stage.value: _tally([game for game in games if game.stage is stage]) for stage in Stage
    }
    return Rivalry(owner=owner, opponent=opponent, **tallies)


def _tally(games: Sequence[Game]) -> Tally:
    results = [result(game) for game in games]
    return Tally(
        games=len(games),
        wins=results.count("W"),
        losses=results.count("L"),
        ties=results.count("T"),
        points_for=round(sum(game.points[0] for game in games), 2),
        points_against=round(sum(game.points[1] for game in games), 2),
    )


def _meeting(game: Game) -> Meeting:
    one, other = game.one[0].team, game.other[0].team
    mine, theirs = game.points
    return Meeting(
        league_id=one.league_id,
        season=one.season,
        weeks=game.weeks,
        stage=game.stage,
        roster_id=one.roster_id,
        opponent_roster_id=other.roster_id,
        points_for=round(mine, 2),
        points_against=round(theirs, 2),
        result=result(game),
    )


def _order(owner: Owner) -> tuple[str, str, int]:
    return owner.user_id or "", owner.league_id or "", owner.roster_id or 0
