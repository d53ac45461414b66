"""All projectors of the service."""

from __future__ import annotations

from application.projections.drafts import DRAFTS
from application.projections.leagues import LEAGUES
from application.projections.matchups import MATCHUPS
from application.projections.members import MEMBERS
from application.projections.projector import Projector
from application.projections.rosters import ROSTERS
from application.projections.transactions import TRANSACTIONS

LEAGUE_PROJECTORS: tuple[Projector, ...] = (LEAGUES, MEMBERS, ROSTERS, MATCHUPS, TRANSACTIONS, DRAFTS)
"""Those whose subjects are leagues."""

PROJECTORS: tuple[Projector, ...] = LEAGUE_PROJECTORS
