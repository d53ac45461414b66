"""What one roster is made of, and how its players came to it."""

from __future__ import annotations

from litestar import Controller, Response, get
from litestar.di import NamedDependency

from application.queries import acquisitions, composition
from application.queries.acquisitions import Acquisitions, get_acquisitions
from application.queries.composition import Composition, get_composition
from application.queries.names import BESIDE
from interfaces.http.changes import RosterId
from interfaces.http.parameters import LeagueId
from interfaces.http.reads import Reads


class SquadsController(Controller):
    path = "/leagues/{league_id:str}/rosters/{roster_id:int}"
    tags = ["leagues"]

    @get("/composition", operation_id="getComposition", summary="A roster by position, place and age")
    async def composed(
        self, *, league_id: LeagueId, roster_id: RosterId, reads: NamedDependency[Reads]
    ) -> Response[Composition]:
        """Positions and ages come from the catalogue of players: sync it once, `POST /sync/players`."""
        return await reads.of_league(
            league_id,
            composition.NEEDS,
            lambda snapshot: get_composition(snapshot, league_id, roster_id),
            beside=BESIDE,
        )

    @get("/acquisitions", operation_id="getAcquisitions", summary="How each player of a roster came to it")
    async def acquired(
        self, *, league_id: LeagueId, roster_id: RosterId, reads: NamedDependency[Reads]
    ) -> Response[Acquisitions]:
        """Of who was there when the season began, the seasons before tell, as far as the log knows them."""
        return await reads.of_family(
            league_id,
            acquisitions.NEEDS,
            lambda snapshot, family: get_acquisitions(snapshot, league_id, family, roster_id),
            beside=BESIDE,
        )
