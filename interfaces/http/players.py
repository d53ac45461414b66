"""The catalogue of players."""

from __future__ import annotations

from typing import Annotated

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from application.projections.leagues import LEAGUES
from application.projections.rosters import ROSTERS
from application.queries.names import BESIDE
from application.queries.paging import Page, Slice
from application.queries.player_share import PlayerShare, get_player_share
from application.queries.players import (
    NEEDS,
    PlayerFilters,
    PlayerRow,
    PlayerView,
    get_player,
    list_players,
    players_unknown,
)
from domain.nfl.events import NFL
from interfaces.http.listing import Listing
from interfaces.http.reads import Reads

PlayerId = Annotated[
    str,
    PathParameter(
        pattern="^[A-Za-z0-9_-]{1,40}$", description="Sleeper's id of the player; a team's defense is `PHI`"
    ),
]
Search = Annotated[
    str | None,
    QueryParameter(
        max_length=100,
        description="Words that begin words of the name; accents, case and punctuation do not matter",
    ),
]
Position = Annotated[
    str | None, QueryParameter(max_length=10, description="Who can play here: `QB`, `WR`, `DEF` …")
]
Team = Annotated[str | None, QueryParameter(max_length=10, description="Only of this team: `PHI`")]
Active = Annotated[bool | None, QueryParameter(description="Only those that are active, or that are not")]


class PlayersController(Controller):
    path = "/players"
    tags = ["players"]

    @get(operation_id="listPlayers", summary="Players by name, position and team, the best known first")
    async def list(
        self,
        *,
        search: Search = None,
        position: Position = None,
        team: Team = None,
        active: Active = None,
        page: NamedDependency[Page],
        reads: NamedDependency[Reads],
    ) -> Response[Slice[PlayerRow]]:
        filters = PlayerFilters(search=search, position=position, team=team, active=active)
        return await reads.of_subject(
            NFL, NEEDS, lambda snapshot: list_players(snapshot, page, filters), unknown=players_unknown()
        )

    @get("/{player_id:str}", operation_id="getPlayer", summary="One player, with all that Sleeper says")
    async def one(self, *, player_id: PlayerId, reads: NamedDependency[Reads]) -> Response[PlayerView]:
        return await reads.of_subject(
            NFL, NEEDS, lambda snapshot: get_player(snapshot, player_id), unknown=players_unknown()
        )

    @get(
        "/{player_id:str}/ownership",
        operation_id="getPlayerShare",
        summary="How many of the synced leagues have a player",
    )
    async def share(
        self, *, listing: NamedDependency[Listing], player_id: PlayerId, reads: NamedDependency[Reads]
    ) -> Response[PlayerShare]:
        """Only counts: which leagues they are is told where the operator allows lists of leagues."""
        return await reads.of_all(
            ROSTERS,
            lambda snapshot: get_player_share(snapshot, player_id, list_leagues=listing.allowed),
            beside=(LEAGUES, *BESIDE),
            variant="listed" if listing.allowed else "counted",
        )
