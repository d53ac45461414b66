"""Sleeper's paths and what answers them: a pure function of seed, formats, path and simulated moment."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import chain
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from infrastructure.simulator import bodies, brackets, drafts, feeds, people
from infrastructure.simulator.calendar import DAY, HOUR, moment, state_at, tuesday
from infrastructure.simulator.catalogue import Catalogue
from infrastructure.simulator.chance import created_of
from infrastructure.simulator.formats import Format
from infrastructure.simulator.happenings import Happenings
from infrastructure.simulator.league import League, leagues_created
from infrastructure.simulator.pro import Pro
from infrastructure.simulator.schedule import schedule


class World:
    """``leagues`` leagues of the given formats in turn, from ``season`` on for so many ``seasons``."""

    verbatim = False

    def __init__(
        self, seed: int, season: int, formats: Sequence[Format], leagues: int, seasons: int = 2
    ) -> None:
        self.seed = seed
        self.season = season
        self.pro = Pro(seed)
        self.catalogue = Catalogue(self.pro)
        self._leagues = [
            League(self.pro, formats[index % len(formats)], index, season) for index in range(leagues)
        ]
        self._seasons = [self._leagues]
        for year in range(season + 1, season + seasons):
            self._seasons.append(
                [League(self.pro, one.kind, one.index, year, one) for one in self._seasons[-1]]
            )

    @property
    def leagues(self) -> Sequence[League]:
        return self._leagues

    def next_after(self, at: int) -> int | None:
        """When something next happens in any of the leagues, or None where nothing is left to."""
        return self._happenings.after(at)

    @cached_property
    def _happenings(self) -> Happenings:
        return Happenings(chain.from_iterable(self._seasons))

    def body(self, path: str, at: int, query: str = "") -> bytes | None:
        """The JSON that ``path`` answers at a moment (milliseconds since 1970); None for nothing.

        Only what is trending heeds ``query``, ``lookback_hours`` and ``limit``, and feeds: ``season_type``.
        """
        if match := _TRENDING.fullmatch(path):
            return msgspec.json.encode(self._trending(match[1], at, query))
        if (fed := feeds.answer(self.pro, path, query, at)) is not None:
            return msgspec.json.encode(fed)
        for pattern, answer in _ROUTES:
            if match := pattern.fullmatch(path):
                found = answer(self, at, *match.groups())
                return None if found is None else msgspec.json.encode(found)
        return None

    def league(self, league_id: str, at: int) -> League | None:
        return self._found(league_id, "league_id", at)

    def of_draft(self, draft_id: str, at: int) -> League | None:
        league = self._found(draft_id, "draft_id", at)
        return None if league is None or league.kind.pickem else league

    def of_person(self, person: int, season: str, at: int) -> list[League]:
        """A person's leagues, of those that exist by then."""
        roster_id = people.roster_of(person)
        which = people.leagues_of(person)
        mine = [
            league for leagues in self._seasons for league in leagues[which] if roster_id in league.kind.owned
        ]
        return [league for league in mine if str(league.season) == season and league.created <= at]

    def _trending(self, kind: str, at: int, query: str) -> list[dict[str, Any]]:
        """Sleeper's defaults are 24 hours and 25 players (SLEEPER_NOTES 2.2)."""
        asked = {name: int(text) for name, text in parse_qsl(query) if _SMALL.fullmatch(text)}
        return self.catalogue.trending(kind, at, asked.get("lookback_hours", 24), asked.get("limit", 25))

    def _found(self, identifier: str, field: str, at: int) -> League | None:
        """A league's id says when it was made, and so which one it is."""
        if not identifier.isdecimal() or len(identifier) > 20:  # noqa: PLR2004 - 64 bits
            return None
        created = created_of(int(identifier))
        for year, leagues in enumerate(self._seasons, start=self.season):
            index = (created - leagues_created(year)) // 1_000
            league = leagues[index] if 0 <= index < len(leagues) else None
            if league is not None and getattr(league, field) == identifier and league.created <= at:
                return league
        return None


def default_moment(season: int) -> int:
    """The Sunday of week 5 at 19:00: games are being played."""
    return tuesday(season, 5) + 5 * DAY + 19 * HOUR


def _of_league(make: Callable[[League, int], Any]) -> Callable[..., Any]:
    def answer(world: World, at: int, league_id: str) -> Any:
        league = world.league(league_id, at)
        return None if league is None else make(league, at)

    return answer


def _of_week(make: Callable[[League, int, int], Any]) -> Callable[..., Any]:
    def answer(world: World, at: int, league_id: str, week: str) -> Any:
        league = world.league(league_id, at)
        return None if league is None else make(league, int(week), at)

    return answer


def _of_draft(make: Callable[[League, int], Any]) -> Callable[..., Any]:
    def answer(world: World, at: int, draft_id: str) -> Any:
        league = world.of_draft(draft_id, at)
        return None if league is None else make(league, at)

    return answer


def _user(world: World, _at: int, name: str) -> Any:
    person = _person(world, name)
    return None if person is None else people.user(world.seed, person)


def _of_user(make: Callable[[League, int], Any], *, with_draft: bool = False) -> Callable[..., Any]:
    """Of all leagues of a user, or of those that draft."""

    def answer(world: World, at: int, name: str, season: str) -> Any:
        person = _person(world, name)
        if person is None:
            return None
        leagues = world.of_person(person, season, at)
        return [make(one, at) for one in leagues if not (with_draft and one.kind.pickem)]

    return answer


def _person(world: World, name: str) -> int | None:
    """The person of that id or name, where he owns a roster."""
    person = people.person_of(world.seed, name)
    if person is None or person < 0:
        return None
    return person if world.of_person(person, str(world.season), moment(world.season + 1, 1, 1)) else None


_SMALL = re.compile("[0-9]{1,6}")
_TRENDING = re.compile("/v1/players/nfl/trending/(add|drop)")
_ROUTES: tuple[tuple[re.Pattern[str], Callable[..., Any]], ...] = tuple(
    (re.compile(path), answer)
    for path, answer in (
        (r"/schedule/nfl/regular/(20\d{2})", lambda world, at, year: schedule(world.pro, int(year), at)),
        (r"/v1/players/nfl", lambda world, at: world.catalogue.players(at)),
        (r"/v1/state/nfl", lambda _world, at: state_at(at)),
        (r"/v1/league/(\d+)", _of_league(bodies.league)),
        (r"/v1/league/(\d+)/users", _of_league(lambda league, _at: bodies.users(league))),
        (r"/v1/league/(\d+)/rosters", _of_league(bodies.rosters)),
        (r"/v1/league/(\d+)/matchups/(\d{1,3})", _of_week(bodies.matchups)),
        (r"/v1/league/(\d+)/transactions/(\d{1,3})", _of_week(bodies.transactions)),
        (r"/v1/league/(\d+)/winners_bracket", _of_league(brackets.winners)),
        (r"/v1/league/(\d+)/losers_bracket", _of_league(brackets.losers)),
        (r"/v1/league/(\d+)/traded_picks", _of_league(bodies.traded_picks)),
        (r"/v1/league/(\d+)/drafts", _of_league(drafts.drafts)),
        (r"/v1/draft/(\d+)", _of_draft(drafts.draft)),
        (r"/v1/draft/(\d+)/picks", _of_draft(drafts.picks)),
        (r"/v1/draft/(\d+)/traded_picks", _of_draft(bodies.draft_traded_picks)),
        (r"/v1/user/(\w+)", _user),
        (r"/v1/user/(\w+)/leagues/nfl/(\d{4})", _of_user(bodies.league_of_user)),
        (r"/v1/user/(\w+)/drafts/nfl/(\d{4})", _of_user(drafts.draft_of_list, with_draft=True)),
    )
)
