"""All projectors of the service."""

from __future__ import annotations

from application.projections.brackets import BRACKETS
from application.projections.drafts import DRAFTS
from application.projections.feeds import FEEDS
from application.projections.leagues import LEAGUES
from application.projections.matchups import MATCHUPS
from application.projections.members import MEMBERS
from application.projections.nfl import NFL_STATE
from application.projections.players import PLAYERS
from application.projections.projector import Projector
from application.projections.rosters import ROSTERS
from application.projections.seasons import SEASONS
from application.projections.traded_picks import TRADED_PICKS
from application.projections.transactions import TRANSACTIONS
from application.projections.trending import TRENDING
from application.projections.users import USERS
from application.projections.weeks import WEEKS

LEAGUE_PROJECTORS: tuple[Projector, ...] = (
    LEAGUES,
    MEMBERS,
    ROSTERS,
    MATCHUPS,
    TRANSACTIONS,
    BRACKETS,
    TRADED_PICKS,
    SEASONS,
    DRAFTS,
    WEEKS,
)
"""Those whose subjects are leagues."""

PROJECTORS: tuple[Projector, ...] = (*LEAGUE_PROJECTORS, USERS, NFL_STATE, PLAYERS, TRENDING, FEEDS)
