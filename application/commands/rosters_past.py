"""What the past of a league's rosters is told from: gathered by the first full sync that can."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import structlog

from application.commands.draft_sync import DraftSync
from application.commands.endpoints import LeagueEndpoints
from application.commands.sync import Sync
from application.ports import Observation
from domain.league.family import season_before
from domain.league.observation import League
from domain.rosters.past import Sources
from domain.snowflakes import made_at
from domain.streams import is_id

log = structlog.get_logger()

UNTOLD: Final = "the past of the rosters is not told"
"""What is logged then, with what could not be had."""

_REDRAFT, _KEEPER, _DYNASTY = range(3)  # settings.type


class _Start(NamedTuple):
    """Who was on each team when the league was created; ``None`` where nothing tells that."""

    squads: Mapping[int, Sequence[str]] | None


class RostersPast:
    """Gathers what tells of the rosters of one league before they were first looked at."""

    def __init__(self, endpoints: LeagueEndpoints, sync: Sync) -> None:
        self._endpoints = endpoints
        self._sync = sync

    async def sources(self, league: Observation[League] | None, drafts: DraftSync) -> Sources | None:
        """The sources, beside the transactions.

        ``None`` where the past is told already, and where one of them could not be had: nothing is made up
        then, and a later full sync may tell it.

        Raises:
            LogError: the log cannot be read.
        """
        rosters = self._endpoints.rosters(())
        if (await self._sync.recorder.state(rosters.stream, rosters.decider)).told:
            return None
        if league is None:
            log.warning(UNTOLD, missing="league")
            return None
        start = await self._start(league.body)
        if start is None:
            log.warning(UNTOLD, missing="rosters of the season before")
            return None
        held = await drafts.held()
        if held is None:
            log.warning(UNTOLD, missing="draft picks")
            return None
        clears = _type(league.body) == _KEEPER
        return Sources(made_at(self._endpoints.league_id), start.squads, held, clears)

    async def _start(self, league: League | None) -> _Start | None:
        """What the squads began from, ``None`` where it could not be had.

        Players stay in dynasty and keeper leagues, so that these begin with the season before as it ended.
        """
        if league is None:
            return _Start(None)
        previous = season_before(league)
        if previous is None or _type(league) == _REDRAFT:
            return _Start({})
        if _type(league) in (_KEEPER, _DYNASTY) and is_id(previous):
            return await self._final(previous)
        return _Start(None)

    async def _final(self, league_id: str) -> _Start | None:
        """The last squads of a season, as Sleeper keeps them. Its own sync records them; this one looks."""
        endpoint = LeagueEndpoints(self._endpoints.sleeper, league_id, self._endpoints.fresh).rosters(())
        self._sync.total += 1
        seen = await self._sync.observe(endpoint.fetch())
        self._sync.finish(endpoint.stream)
        if seen is None:
            return None
        return _Start(None if seen.body is None else {row.roster_id: row.players or () for row in seen.body})


def _type(league: League | None) -> object:
    return None if league is None else (league.settings or {}).get("type")
