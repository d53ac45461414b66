"""The sport's calendar."""

from __future__ import annotations

from litestar import Controller, Response, get
from litestar.di import NamedDependency

from application.queries.nfl import NEEDS, NflStateRow, get_nfl_state, state_unknown
from domain.nfl.events import NFL
from interfaces.http.reads import Reads


class NflController(Controller):
    path = "/nfl"
    tags = ["nfl"]

    @get("/state", operation_id="getNflState", summary="Season, week and leg of the NFL as Sleeper counts")
    async def state(self, *, reads: NamedDependency[Reads]) -> Response[NflStateRow]:
        return await reads.of_subject(NFL, NEEDS, get_nfl_state, unknown=state_unknown())
