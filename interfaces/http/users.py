"""Users."""

from __future__ import annotations

from typing import Annotated

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from application.projections.users import USERS
from application.queries.users import (
    NEEDS,
    DraftsOfUser,
    LeaguesOfUser,
    UserRow,
    get_user,
    list_drafts_of_user,
    list_leagues_of_user,
    unknown_user,
)
from interfaces.http.reads import Reads

NameOrId = Annotated[
    str,
    PathParameter(
        pattern="^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$", description="The user's id, or the name after the @"
    ),
]
UserId = Annotated[str, PathParameter(pattern="^[0-9]{1,20}$", description="The user's id")]
Season = Annotated[
    str | None,
    QueryParameter(pattern="^20[0-9]{2}$", description="The year; by default the latest that is known"),
]


class UsersController(Controller):
    path = "/users"
    tags = ["users"]

    @get("/{user:str}", operation_id="getUser", summary="One user, by id or by name")
    async def one(self, *, user: NameOrId, reads: NamedDependency[Reads]) -> Response[UserRow]:
        """The id stays, the name can change: it is the one that was last seen."""
        # Whose name it is may change with any user: the ETag is that of all of them.
        return await reads.of_all(USERS, lambda snapshot: get_user(snapshot, user))

    @get("/{user_id:str}/leagues", operation_id="listLeaguesOfUser", summary="The leagues of a user")
    async def leagues(
        self, *, user_id: UserId, season: Season = None, reads: NamedDependency[Reads]
    ) -> Response[LeaguesOfUser]:
        """Only their ids: what a league is, it says itself."""
        return await reads.of_subject(
            user_id,
            NEEDS,
            lambda snapshot: list_leagues_of_user(snapshot, user_id, season),
            unknown=unknown_user(user_id),
        )

    @get("/{user_id:str}/drafts", operation_id="listDraftsOfUser", summary="The drafts of a user")
    async def drafts(
        self, *, user_id: UserId, season: Season = None, reads: NamedDependency[Reads]
    ) -> Response[DraftsOfUser]:
        """Only their ids: what a draft is, it says itself."""
        return await reads.of_subject(
            user_id,
            NEEDS,
            lambda snapshot: list_drafts_of_user(snapshot, user_id, season),
            unknown=unknown_user(user_id),
        )
