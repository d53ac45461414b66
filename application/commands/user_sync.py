"""What is recorded of a user: the account, and the leagues and drafts of a season."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from application.commands.endpoints import Endpoint
from application.commands.sync import Sync
from application.ports import Sleeper
from domain.errors import UserNotFound
from domain.streams import user_drafts_stream, user_leagues_stream, user_stream
from domain.users.decide import (
    DraftsOfUserObserved,
    LeaguesOfUserObserved,
    drafts_of_user_decider,
    leagues_of_user_decider,
    user_decider,
)
from domain.users.observation import DraftOfUser, LeagueOfUser, User
from domain.users.state import Ids, UserState


class UserSync:
    """Records a user through ``sync``, which keeps the account of it."""

    def __init__(self, sleeper: Sleeper, sync: Sync, *, fresh: bool) -> None:
        self._sleeper = sleeper
        self._sync = sync
        self._fresh = fresh

    async def account(self, name_or_id: str) -> User:
        """Record the account.

        Raises:
            UserNotFound: Sleeper does not know the user; nothing was written.
            SleeperError: no valid answer could be had.
            LogError: the log cannot be read or written.
        """
        seen = await self._sleeper.user(name_or_id, fresh=self._fresh)
        if seen.body is None:
            raise UserNotFound(name_or_id)
        endpoint: Endpoint[User, UserState, User] = Endpoint(
            user_stream(seen.body.user_id),
            partial(self._sleeper.user, name_or_id, fresh=self._fresh),
            lambda body: body,
            user_decider,
        )
        await self._sync.append(endpoint, await self._sync.decide(endpoint, seen))
        return seen.body

    async def leagues(self, user_id: str, season: str) -> Sequence[str]:
        """Record the ids of a user's leagues; returns them.

        Raises:
            SleeperError: no valid answer could be had.
            LogError: the log cannot be read or written.
        """
        endpoint: Endpoint[tuple[LeagueOfUser, ...], Ids, LeaguesOfUserObserved] = Endpoint(
            user_leagues_stream(user_id, season),
            partial(self._sleeper.user_leagues, user_id, season, fresh=self._fresh),
            partial(LeaguesOfUserObserved, user_id, season),
            leagues_of_user_decider,
        )
        seen = await endpoint.fetch()
        await self._sync.append(endpoint, await self._sync.decide(endpoint, seen))
        return [league.league_id for league in seen.body or ()]

    async def drafts(self, user_id: str, season: str) -> None:
        """Record the ids of a user's drafts. A failure of Sleeper's is noted in the account of the sync.

        Raises:
            LogError: the log cannot be read or written.
        """
        endpoint: Endpoint[tuple[DraftOfUser, ...], Ids, DraftsOfUserObserved] = Endpoint(
            user_drafts_stream(user_id, season),
            partial(self._sleeper.user_drafts, user_id, season, fresh=self._fresh),
            partial(DraftsOfUserObserved, user_id, season),
            drafts_of_user_decider,
        )
        await self._sync.record(endpoint)
