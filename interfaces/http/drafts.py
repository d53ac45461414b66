"""Drafts of a league."""

from __future__ import annotations

from typing import Annotated

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from application.queries import draft_results
from application.queries.draft_results import DraftResults, get_draft_results
from application.queries.drafts import (
    NEEDS,
    DraftPickRow,
    DraftRow,
    PickFilters,
    TradedDraftPickRow,
    draft_picks_then,
    draft_then,
    draft_traded_picks_then,
    drafts_then,
    find_draft,
    list_draft_picks,
    list_draft_traded_picks,
    list_drafts,
)
from application.queries.names import BESIDE
from application.queries.paging import Page, Slice
from interfaces.bootstrap import Application
from interfaces.http.parameters import LeagueId
from interfaces.http.reads import Reads
from interfaces.http.timed import TimedReads

_HIGHEST = 2**31 - 1

DraftId = Annotated[
    str, PathParameter(pattern="^[0-9]{1,20}$", description="A draft_id of the league's list of drafts")
]
OfRound = Annotated[
    int | None, QueryParameter(name="round", ge=1, le=_HIGHEST, description="Only picks of this round")
]
OfRoster = Annotated[
    int | None, QueryParameter(ge=1, le=_HIGHEST, description="Only picks that this roster made")
]


class DraftsController(Controller):
    path = "/leagues/{league_id:str}/drafts"
    tags = ["leagues"]

    @get(operation_id="listDrafts", summary="The drafts of a league, the newest first")
    async def list(
        self,
        *,
        service: NamedDependency[Application],
        league_id: LeagueId,
        page: NamedDependency[Page],
        timed: NamedDependency[TimedReads],
    ) -> Response[Slice[DraftRow]]:
        return await timed.of_league(
            league_id,
            NEEDS,
            now=lambda snapshot: list_drafts(snapshot, league_id, page),
            then=lambda then: drafts_then(then, service.log, league_id, page),
        )

    @get("/{draft_id:str}", operation_id="getDraft", summary="A draft: its status, its order, its settings")
    async def find(
        self, *, league_id: LeagueId, draft_id: DraftId, timed: NamedDependency[TimedReads]
    ) -> Response[DraftRow]:
        return await timed.of_league(
            league_id,
            NEEDS,
            now=lambda snapshot: find_draft(snapshot, league_id, draft_id),
            then=lambda then: draft_then(then, league_id, draft_id),
        )

    @get("/{draft_id:str}/picks", operation_id="listDraftPicks", summary="The picks of a draft, in order")
    async def picks(
        self,
        *,
        league_id: LeagueId,
        draft_id: DraftId,
        round_: OfRound = None,
        roster_id: OfRoster = None,
        page: NamedDependency[Page],
        timed: NamedDependency[TimedReads],
    ) -> Response[Slice[DraftPickRow]]:
        filters = PickFilters(round=round_, roster_id=roster_id)
        return await timed.of_league(
            league_id,
            NEEDS,
            now=lambda snapshot: list_draft_picks(snapshot, league_id, draft_id, page, filters),
            then=lambda then: draft_picks_then(then, league_id, draft_id, page, filters),
        )

    @get(
        "/{draft_id:str}/traded-picks",
        operation_id="listDraftTradedPicks",
        summary="The picks of a draft that changed hands",
    )
    async def traded_picks(
        self,
        *,
        league_id: LeagueId,
        draft_id: DraftId,
        page: NamedDependency[Page],
        timed: NamedDependency[TimedReads],
    ) -> Response[Slice[TradedDraftPickRow]]:
        return await timed.of_league(
            league_id,
            NEEDS,
            now=lambda snapshot: list_draft_traded_picks(snapshot, league_id, draft_id, page),
            then=lambda then: draft_traded_picks_then(then, league_id, draft_id, page),
        )

    @get("/{draft_id:str}/results", operation_id="getDraftResults", summary="What each pick brought")
    async def results(
        self, *, league_id: LeagueId, draft_id: DraftId, reads: NamedDependency[Reads]
    ) -> Response[DraftResults]:
        """Points in the league's finished weeks, against what is expected of a pick at its place.

        The pick at the third place is expected to bring the third most points of all that were picked; in an
        auction the dearest pick has the first place.
        """
        return await reads.of_league(
            league_id,
            draft_results.NEEDS,
            lambda snapshot: get_draft_results(snapshot, league_id, draft_id),
            beside=BESIDE,
        )
