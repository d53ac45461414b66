"""Proof that what is told of a league is right."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency

from application.queries.verification import Verification, verify
from interfaces.http.parameters import AsObserved, AsOf, LeagueId, MinPosition, moment_of
from interfaces.http.past import PastReads


class VerificationController(Controller):
    path = "/leagues/{league_id:str}/verification"
    tags = ["leagues"]

    @get(operation_id="verifyLeague", summary="What the log adds up to, compared with what Sleeper reports")
    async def verification(
        self,
        *,
        request: Request[Any, Any, Any],
        past: NamedDependency[PastReads],
        league_id: LeagueId,
        as_of: AsOf = None,
        as_observed: AsObserved = False,
        min_position: MinPosition = None,
    ) -> Response[Verification]:
        return await past.of_league(
            request,
            league_id,
            moment_of(as_of, as_observed=as_observed),
            min_position,
            lambda then: verify(then, league_id),
        )
