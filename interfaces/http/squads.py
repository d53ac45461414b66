"""What one roster is made of."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency

from application.queries.composition import NEEDS, Composition, get_composition
from application.queries.names import BESIDE
from interfaces.http.changes import RosterId
from interfaces.http.parameters import LeagueId, MinPosition
from interfaces.http.reads import Reads


class SquadsController(Controller):
    path = "/leagues/{league_id:str}/rosters/{roster_id:int}"
    tags = ["leagues"]

    @get("/composition", operation_id="getComposition", summary="A roster by position, place and age")
    async def composition(
        self,
        *,
        request: Request[Any, Any, Any],
        reads: NamedDependency[Reads],
        league_id: LeagueId,
        roster_id: RosterId,
        min_position: MinPosition = None,
    ) -> Response[Composition]:
        """Positions and ages come from the catalogue of players: sync it once, `POST /sync/players`."""
        return await reads.of_league(
            request,
            league_id,
            NEEDS,
            min_position,
            lambda snapshot: get_composition(snapshot, league_id, roster_id),
            beside=BESIDE,
        )
