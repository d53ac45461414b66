"""The games of every recorded season, against its brackets and its rounds.

Needs a folder of recordings, named by ``GAMEFILM_RECORDINGS``.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from domain.brackets.meaning import RoundType
from domain.head_to_head import head_to_head
from domain.played import Game, Owner, Season, Stage, games, scores
from domain.standings import standings
from tests.projecting import RecordedLeague, recorded_leagues

PLAYED = 63
"""Decided games of winners brackets whose weeks are recorded."""


def season_of(recorded: RecordedLeague) -> Season | None:
    league = recorded.observed.get("league")
    if league is None:
        return None
    rosters = recorded.observed.get("rosters/0", ())
    return Season(
        league_id=recorded.league_id,
        season=league.season,
        status=league.status,
        settings=league.settings or {},
        owners={row.roster_id: Owner(user_id=str(row.roster_id)) for row in rosters},
        weeks={
            int(name.split("/")[1]): rows
            for name, rows in recorded.observed.items()
            if name.startswith("matchups/") and rows
        },
        winners=recorded.observed.get("winners_bracket/0", ()),
    )


def seasons(root: Path) -> list[Season]:
    found = [season for each in recorded_leagues(root) if (season := season_of(each)) and season.weeks]
    assert found
    return found


def teams(game: Game) -> tuple[int, int]:
    return game.one[0].team.roster_id, game.other[0].team.roster_id


@pytest.mark.quirk("2.9")
def test_games_of_the_playoffs_end_as_the_winners_brackets_say(recordings: Path) -> None:
    compared = 0
    for season in seasons(recordings):
        decided = {frozenset((game.w, game.l)): game.w for game in season.winners if game.w is not None}
        met = [game for game in games(season) if game.stage is Stage.PLAYOFFS]
        assert len({frozenset(teams(game)) for game in met}) == len(met)
        for game in met:
            mine, theirs = game.points
            one, other = teams(game)
            assert decided[frozenset((one, other))] == (one if mine > theirs else other)
        compared += len(met)
    assert compared == PLAYED


def test_regular_games_add_up_to_the_table_of_every_season(recordings: Path) -> None:
    for season in seasons(recordings):
        known = {week: rows for week, rows in season.weeks.items() if week in season.regular}
        sums: Counter[tuple[str | None, str]] = Counter()
        for each in head_to_head(games(season)):
            owner = each.owner.user_id or str(each.owner.roster_id)
            sums.update({(owner, name): getattr(each.regular, name) for name in ("wins", "losses", "ties")})
        for row in standings(known, season.owners, median_game=False):
            told = [sums[str(row.roster_id), name] for name in ("wins", "losses", "ties")]
            assert told == [row.wins, row.losses, row.ties]


@pytest.mark.quirk("2.9")
def test_who_meets_in_a_round_of_two_weeks_meets_in_both(recordings: Path) -> None:
    """What ``playoff_round_type`` 2 means is a guess: the pairs of its recorded weeks say that it is right."""
    found = 0
    for season in seasons(recordings):
        later = [game for game in games(season) if game.stage is not Stage.REGULAR]
        rounds = 2 if season.settings.get("playoff_round_type") == RoundType.TWO_WEEKS else 1
        assert {len(game.weeks) for game in later} <= {rounds}
        found += sum(len(game.weeks) == 2 for game in later)
    assert found


def test_a_team_has_one_score_in_a_week_of_those_that_are_finished(recordings: Path) -> None:
    for season in seasons(recordings):
        told = Counter((each.week, each.team.roster_id) for each in scores(season))
        assert set(told.values()) <= {1}
        assert {week for week, _ in told} <= set(season.finished)
