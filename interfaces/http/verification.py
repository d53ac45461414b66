"""Proof that what is told of a league is right."""

from __future__ import annotations

from litestar import Controller, Response, get
from litestar.di import NamedDependency

from application.queries.verification import Verification, verify
from interfaces.http.parameters import LeagueId
from interfaces.http.past import PastReads


class VerificationController(Controller):
    path = "/leagues/{league_id:str}/verification"
    tags = ["leagues"]

    @get(operation_id="verifyLeague", summary="What the log adds up to, compared with what Sleeper reports")
    async def verification(
        self, *, league_id: LeagueId, past: NamedDependency[PastReads]
    ) -> Response[Verification]:
        return await past.of_league(league_id, lambda then: verify(then, league_id))
