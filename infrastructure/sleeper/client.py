"""Sleeper's public API as typed observations: the application's Sleeper port."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple, TypeVar

import msgspec

from application.ports import Clock, Observation
from domain.brackets.observation import Bracket, BracketGame
from domain.calendar import LAST_WEEK
from domain.drafts.observation import Draft, DraftPick, TradedDraftPick
from domain.errors import InvalidInput, ResponseInvalid, SleeperRefused
from domain.feeds.observation import Feed, Lines, wrong_period
from domain.feeds.period import Period, SeasonType, check_period
from domain.league.observation import League, NflState
from domain.matchups.observation import MatchupRow
from domain.members.observation import Member
from domain.picks.observation import TradedPick
from domain.players.observation import PlayerObject
from domain.rosters.observation import Roster
from domain.schedule.observation import Game
from domain.streams import check_draft_id, check_league_id, check_season, check_user
from domain.transactions.observation import Transaction
from domain.trending.observation import Trend, TrendingPlayer
from domain.users.observation import DraftOfUser, LeagueOfUser, User
from infrastructure.sleeper.memory import Memory
from infrastructure.sleeper.transport import Answer, Transport

T = TypeVar("T")

STATE_PATH = "v1/state/nfl"
PLAYERS_PATH = "v1/players/nfl"
REMEMBERED_BYTES = 32 * 1024 * 1024
_NOT_MODIFIED = 304
_OPENING_BRACE = ord("{")
_LAST_WEEK = 30
_REFUSED_FOR_GOOD = (400, 401, 403, 404, 405, 410)


class _Remembered(NamedTuple):
    etag: str
    body: Any


class SleeperClient:
    """Observes leagues through ``transport``, for any number of tasks of one event loop.

    A body that came with an ETag is remembered and asked for conditionally; where no ETag comes, or one
    that changes with every answer, the body is fetched anew. ``fresh=True`` asks without a condition.
    """

    def __init__(
        self, transport: Transport, clock: Clock, *, remembered_bytes: int = REMEMBERED_BYTES
    ) -> None:
        self._transport = transport
        self._clock = clock
        self._memory: Memory[_Remembered] = Memory(remembered_bytes)

    async def aclose(self) -> None:
        await self._transport.aclose()

    async def nfl_state(self, *, fresh: bool = False) -> Observation[NflState]:
        """``/state/nfl``.

        Raises:
            SleeperError: no valid answer could be had. So in every method.
        """
        return await self._observe(STATE_PATH, NflState, fresh=fresh)

    async def players(self) -> Observation[dict[str, PlayerObject]]:
        """``/players/nfl``: 14.6 MB, so it is neither read beyond its ids here nor remembered."""
        answer = await self._transport.get(PLAYERS_PATH)
        url = f"{self._transport.base_url}/{PLAYERS_PATH}"
        body: dict[str, PlayerObject] | None = decode(url, answer, dict[str, PlayerObject])
        for player_id, player in (body or {}).items():
            if memoryview(player)[0] != _OPENING_BRACE:
                field, reason = f"$[{player_id}]", "Expected `object`"
                raise ResponseInvalid(url, field, reason, answer.body, answer.content_type)
        return Observation(PLAYERS_PATH, self._seen_at(answer), body)

    async def trending(self, trend: Trend) -> Observation[tuple[TrendingPlayer, ...]]:
        """``/players/nfl/trending/{add,drop}``, of the last 24 hours and 25 players: Sleeper's defaults."""
        return await self._observe(f"{PLAYERS_PATH}/trending/{trend}", tuple[TrendingPlayer, ...])

    async def lines(self, feed: Feed, period: Period) -> Observation[Lines]:
        """What an undocumented feed says about a period (SLEEPER_NOTES 2.3).

        Where the list is gone or refused, the older map is asked for.

        Raises:
            InvalidInput: ``period`` names no season or week. No call was made.
        """
        check_period(period)
        (newest, *older) = line_paths(feed, period)
        try:
            seen = await self._lines(newest, period)
        except SleeperRefused as error:
            if not older or error.status not in _REFUSED_FOR_GOOD:
                raise
        else:
            if seen.body is not None or not older:
                return seen
        return await self._lines(older[0], period)

    async def _lines(self, path: str, period: Period) -> Observation[Lines]:
        kind: Any = Lines
        return await self._observe(path, kind, wrong=lambda body: wrong_period(period, body))

    async def schedule(self, season: str, season_type: SeasonType) -> Observation[tuple[Game, ...]]:
        """The undocumented ``/schedule/nfl/{season_type}/{season}``."""
        check_season(season)
        return await self._observe(f"schedule/nfl/{season_type}/{season}", tuple[Game, ...])

    async def league(self, league_id: str, *, fresh: bool = False) -> Observation[League]:
        """``/league/{id}``; the body is ``None`` for a league that Sleeper does not know.

        Raises:
            InvalidInput: ``league_id`` is not a number. No call was made; so in every method that takes one.
        """

        def wrong(league: League) -> tuple[str, str] | None:
            # All that is recorded of it goes by this id.
            is_other = league.league_id != league_id
            return ("$.league_id", f"it is another league's than {league_id}") if is_other else None

        return await self._observe(league_path(league_id), League, fresh=fresh, wrong=wrong)

    async def members(self, league_id: str, *, fresh: bool = False) -> Observation[tuple[Member, ...]]:
        """``/league/{id}/users``."""
        return await self._observe(f"{league_path(league_id)}/users", tuple[Member, ...], fresh=fresh)

    async def rosters(self, league_id: str, *, fresh: bool = False) -> Observation[tuple[Roster, ...]]:
        """``/league/{id}/rosters``."""
        return await self._observe(f"{league_path(league_id)}/rosters", tuple[Roster, ...], fresh=fresh)

    async def matchups(
        self, league_id: str, week: int, *, fresh: bool = False
    ) -> Observation[tuple[MatchupRow, ...]]:
        """``/league/{id}/matchups/{week}``."""
        path = f"{league_path(league_id)}/matchups/{_checked_week('week', week)}"
        return await self._observe(path, tuple[MatchupRow, ...], fresh=fresh)

    async def transactions(
        self, league_id: str, leg: int, *, fresh: bool = False
    ) -> Observation[tuple[Transaction, ...]]:
        """``/league/{id}/transactions/{leg}``."""
        path = f"{league_path(league_id)}/transactions/{_checked_week('leg', leg)}"
        return await self._observe(path, tuple[Transaction, ...], fresh=fresh)

    async def bracket(
        self, league_id: str, bracket: Bracket, *, fresh: bool = False
    ) -> Observation[tuple[BracketGame, ...]]:
        """``/league/{id}/winners_bracket`` or ``/league/{id}/losers_bracket``."""
        path = f"{league_path(league_id)}/{bracket}_bracket"
        return await self._observe(path, tuple[BracketGame, ...], fresh=fresh)

    async def traded_picks(
        self, league_id: str, *, fresh: bool = False
    ) -> Observation[tuple[TradedPick, ...]]:
        """``/league/{id}/traded_picks``."""
        path = f"{league_path(league_id)}/traded_picks"
        return await self._observe(path, tuple[TradedPick, ...], fresh=fresh)

    async def user(self, user: str, *, fresh: bool = False) -> Observation[User]:
        """``/user/{name or id}``; the body is ``None`` for a user that Sleeper does not know.

        Raises:
            InvalidInput: ``user`` can be neither a name nor an id; so in every method that takes one.
        """
        return await self._observe(_user_path(user), User, fresh=fresh)

    async def user_leagues(
        self, user_id: str, season: str, *, fresh: bool = False
    ) -> Observation[tuple[LeagueOfUser, ...]]:
        """``/user/{id}/leagues/nfl/{season}``."""
        check_season(season)
        path = f"{_user_path(user_id)}/leagues/nfl/{season}"
        return await self._observe(path, tuple[LeagueOfUser, ...], fresh=fresh)

    async def user_drafts(
        self, user_id: str, season: str, *, fresh: bool = False
    ) -> Observation[tuple[DraftOfUser, ...]]:
        """``/user/{id}/drafts/nfl/{season}``."""
        check_season(season)
        path = f"{_user_path(user_id)}/drafts/nfl/{season}"
        return await self._observe(path, tuple[DraftOfUser, ...], fresh=fresh)

    async def drafts(self, league_id: str, *, fresh: bool = False) -> Observation[tuple[Draft, ...]]:
        """``/league/{id}/drafts``, the newest first."""
        return await self._observe(f"{league_path(league_id)}/drafts", tuple[Draft, ...], fresh=fresh)

    async def draft(self, draft_id: str, *, fresh: bool = False) -> Observation[Draft]:
        """``/draft/{id}``; the body is ``None`` for a draft that Sleeper does not know."""
        return await self._observe(draft_path(draft_id), Draft, fresh=fresh)

    async def draft_picks(self, draft_id: str, *, fresh: bool = False) -> Observation[tuple[DraftPick, ...]]:
        """``/draft/{id}/picks``."""
        return await self._observe(f"{draft_path(draft_id)}/picks", tuple[DraftPick, ...], fresh=fresh)

    async def draft_traded_picks(
        self, draft_id: str, *, fresh: bool = False
    ) -> Observation[tuple[TradedDraftPick, ...]]:
        """``/draft/{id}/traded_picks``."""
        path = f"{draft_path(draft_id)}/traded_picks"
        return await self._observe(path, tuple[TradedDraftPick, ...], fresh=fresh)

    async def _observe(
        self,
        path: str,
        body_type: type[T],
        *,
        fresh: bool = False,
        wrong: Callable[[T], tuple[str, str] | None] = lambda _: None,
    ) -> Observation[T]:
        """``wrong`` tells of a body that decoded what nevertheless cannot be: a JSON path, and why."""
        known = None if fresh else self._memory.recall(path)
        answer = await self._transport.get(path, etag=known.etag if known else None)
        if known is not None and answer.status == _NOT_MODIFIED:
            return Observation(path, self._seen_at(answer), known.body)
        url = f"{self._transport.base_url}/{path}"
        body: T | None = decode(url, answer, body_type)
        if body is not None and (found := wrong(body)) is not None:
            raise ResponseInvalid(url, *found, answer.body, answer.content_type)
        if answer.etag:
            self._memory.remember(path, _Remembered(answer.etag, body), len(answer.body))
        else:
            self._memory.forget(path)
        return Observation(path, self._seen_at(answer), body)

    def _seen_at(self, answer: Answer) -> datetime:
        """When Sleeper said so: an edge of its network may repeat what it was told a while ago."""
        now = self._clock.now()
        return now - timedelta(seconds=answer.age) if answer.age else now


def league_path(league_id: str) -> str:
    """The API path of a league.

    Raises:
        InvalidInput: the id is not a decimal number of at most 20 digits.
    """
    check_league_id(league_id)
    return f"v1/league/{league_id}"


def _user_path(user: str) -> str:
    check_user(user)
    return f"v1/user/{user}"


def line_paths(feed: Feed, period: Period) -> Sequence[str]:
    """The API paths of a feed in one period: the list without a version, then the map below ``v1``.

    Without ``season_type`` the list is refused with 400. Research has one path, and tells of weeks alone.

    Raises:
        InvalidInput: research of a whole season is asked for.
    """
    week = "" if period.week is None else f"/{period.week}"
    if feed is not Feed.RESEARCH:
        return (
            f"{feed}/nfl/{period.season}{week}?season_type={period.season_type}",
            f"v1/{feed}/nfl/{period.season_type}/{period.season}{week}",
        )
    if period.week is None:
        raise InvalidInput("week", "research is of a week.", remedy=f"Use 1 to {LAST_WEEK}.")
    return (f"players/nfl/research/{period.season_type}/{period.season}{week}",)


def draft_path(draft_id: str) -> str:
    """The API path of a draft.

    Raises:
        InvalidInput: the id is not a decimal number of at most 20 digits.
    """
    check_draft_id(draft_id)
    return f"v1/draft/{draft_id}"


def decode(url: str, answer: Answer, body_type: type[T]) -> T | None:
    """Read a body; ``None`` where it is ``null``.

    Raises:
        ResponseInvalid: it is not JSON, or not of that type; names the JSON path of the first wrong value.
    """
    kind: Any = body_type
    try:
        body: T | None = _decoder(kind).decode(answer.body)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at `")
        # What is wrong with a key of an object is told of "key` in `$.path`".
        field = place.removesuffix("`").removeprefix("key` in `") or "$"
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        field, reason = "$", f"{_not_json(answer.content_type)} ({error})"
    else:
        return body
    raise ResponseInvalid(url, field, reason, answer.body, answer.content_type)


@cache
def _decoder(body_type: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(body_type | None)


def _not_json(content_type: str) -> str:
    kind = content_type.partition(";")[0].strip().lower()
    if kind in ("application/json", ""):
        return "it is not JSON"
    return f"it is not JSON but {kind}"


def _checked_week(field: str, week: int) -> int:
    if not 0 <= week <= _LAST_WEEK:
        raise InvalidInput(field, f"{week} is not a week.", remedy=f"Use 0 to {_LAST_WEEK}.")
    return week
