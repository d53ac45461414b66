"""The sport's calendar."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency

from application.queries.nfl import NEEDS, NflStateRow, get_nfl_state, state_unknown
from domain.nfl.events import NFL
from interfaces.http.parameters import MinPosition
from interfaces.http.reads import Reads


class NflController(Controller):
    path = "/nfl"
    tags = ["nfl"]

    @get("/state", operation_id="getNflState", summary="Season, week and leg of the NFL as Sleeper counts")
    async def state(
        self,
        *,
        request: Request[Any, Any, Any],
        reads: NamedDependency[Reads],
        min_position: MinPosition = None,
    ) -> Response[NflStateRow]:
        return await reads.of_subject(
            request, NFL, NEEDS, min_position, get_nfl_state, unknown=state_unknown()
        )
