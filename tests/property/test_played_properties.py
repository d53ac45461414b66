"""Whatever was played: head to head is seen alike from both sides, and adds up to the table."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from domain.brackets.observation import BracketGame
from domain.head_to_head import Rivalry, Tally, head_to_head, meetings
from domain.matchups.observation import MatchupRow
from domain.played import Game, Owner, Season, Stage, games, scores
from domain.records import record_book, streaks
from domain.standings import standings

TEAMS = range(1, 7)
USERS = ("11", "12", "13", "14", "15", "16", "17", None)
LIMIT = 1000
_POINTS = (None, 0.0, -3.5, 0.1, 0.2, 0.30000000000000004, 99.9, 100.0, 121.44)
_PAIRINGS = ((1, 1, 2, 2, 3, 3), (1, 1, 2, 2, None, None), (None,) * 6, (1, 1, 2, 3, 4, 5))


def a_week(chance: Random) -> list[MatchupRow]:
    """A week of six teams: games, byes, and matchups with one team only."""
    order = chance.sample(TEAMS, len(TEAMS))
    return [
        MatchupRow(
            roster_id=team,
            matchup_id=place,
            points=chance.choice(_POINTS),
            custom_points=chance.choice((None, None, None, 0.0, 7.5)),
            starters_points=chance.choice(((4.0, -4.0), (0.0, None), None)),
        )
        for team, place in zip(order, chance.choice(_PAIRINGS), strict=True)
    ]


def a_season(number: int, chance: Random) -> Season:
    league_id = str(900 + number)
    users = chance.sample(USERS, len(TEAMS))
    return Season(
        league_id=league_id,
        season=str(2020 + number),
        status=chance.choice(["in_season", "post_season", "complete"]),
        settings={
            "playoff_week_start": chance.choice([3, 4, 0, None]),
            "last_scored_leg": chance.choice([None, 0, 2, 5, 18]),
            "leg": chance.randint(0, 6),
            "playoff_round_type": chance.choice([0, 1, 2, 7]),
            "playoff_teams": 4,
            "league_average_match": chance.choice([0, 1]),
        },
        owners={
            team: Owner(user_id=user) if user else Owner(league_id=league_id, roster_id=team)
            for team, user in zip(TEAMS, users, strict=True)
        },
        weeks={week: a_week(chance) for week in range(1, chance.randint(1, 7))},
        winners=(BracketGame(r=1, m=1, t1=1, t2=2), BracketGame(r=1, m=2, t1=3, t2=4)),
    )


def a_family(seed: int) -> tuple[Season, ...]:
    chance = Random(seed)
    return tuple(a_season(number, chance) for number in (1, 2, 3))


# One draw: many are what takes time.
families = st.integers(0, 2**32).map(a_family)


def turned(tally: Tally) -> Tally:
    return Tally(
        games=tally.games,
        wins=tally.losses,
        losses=tally.wins,
        ties=tally.ties,
        points_for=tally.points_against,
        points_against=tally.points_for,
    )


def tallies(rivalry: Rivalry) -> tuple[Tally, Tally, Tally]:
    return rivalry.regular, rivalry.playoffs, rivalry.other


def all_games(family: tuple[Season, ...]) -> list[Game]:
    return list(chain.from_iterable(map(games, family)))


@given(families)
def test_head_to_head_is_the_same_from_both_sides(family: tuple[Season, ...]) -> None:
    found = {(each.owner, each.opponent): each for each in head_to_head(all_games(family))}
    for (owner, opponent), rivalry in found.items():
        assert tallies(found[opponent, owner]) == tuple(map(turned, tallies(rivalry)))
        for tally in tallies(rivalry):
            assert tally.games == tally.wins + tally.losses + tally.ties


@given(families)
def test_the_games_of_a_pair_are_those_of_its_tallies(family: tuple[Season, ...]) -> None:
    played = all_games(family)
    for rivalry in head_to_head(played):
        told = meetings(played, rivalry.owner, rivalry.opponent)
        for stage, tally in zip(Stage, tallies(rivalry), strict=True):
            results = [each.result for each in told if each.stage is stage]
            assert (tally.wins, tally.losses, tally.ties) == tuple(map(results.count, "WLT"))


@given(families)
def test_regular_games_against_everybody_add_up_to_the_table_without_a_median(
    family: tuple[Season, ...],
) -> None:
    season = family[0]
    known = {week: season.weeks[week] for week in season.regular if week in season.weeks}
    table = {each.roster_id: each for each in standings(known, TEAMS, median_game=False)}
    sums: Counter[tuple[Owner, str]] = Counter()
    for each in head_to_head(games(season)):
        sums.update({(each.owner, name): getattr(each.regular, name) for name in ("wins", "losses", "ties")})
    for team, standing in table.items():
        owner = season.team(team).owner
        assert [sums[owner, name] for name in ("wins", "losses", "ties")] == [
            standing.wins,
            standing.losses,
            standing.ties,
        ]


@given(families)
def test_records_are_of_scores_and_games_that_were_played(family: tuple[Season, ...]) -> None:
    book = record_book(family, LIMIT)
    points = [
        round(each.points, 2)
        for season in family
        for each in scores(season)
        if each.fielded and each.stage is not Stage.OTHER
    ]
    assert [each.points for each in book.weekly_highs] == sorted(points, reverse=True)
    assert [each.points for each in book.weekly_lows] == sorted(points)
    assert all(each.winner.points >= each.loser.points for each in book.closest_games)
    assert Counter(each.margin for each in book.blowouts) <= Counter(
        each.margin for each in book.closest_games
    )
    assert len(book.blowouts) == len(book.bad_beats) == len(book.lucky_wins)


@given(families)
def test_streaks_divide_the_games_of_each_owner(family: tuple[Season, ...]) -> None:
    played = [game for game in all_games(family) if game.stage is not Stage.OTHER]
    sides = [side for game in played for side in (game.one, game.other)]
    of_owner = Counter(side[0].team.owner for side in sides if any(score.fielded for score in side))
    told: Counter[Owner] = Counter()
    for _, streak in streaks(played):
        told[streak.owner] += streak.games
    assert told == of_owner
    active = Counter(streak.owner for _, streak in streaks(played) if streak.active)
    assert active == Counter(of_owner.keys())


@given(families, st.integers(1, 4))
def test_a_shorter_book_is_the_beginning_of_a_longer_one(family: tuple[Season, ...], limit: int) -> None:
    short, long = record_book(family, limit), record_book(family, LIMIT)
    assert all(getattr(short, name) == getattr(long, name)[:limit] for name in type(short).__struct_fields__)
