"""Every call that the client of Sleeper can make, with the address that it asks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from application.ports import Observation
from domain.brackets.observation import Bracket
from domain.feeds.observation import Feed
from domain.feeds.period import Period, SeasonType
from domain.trending.observation import Trend
from infrastructure.sleeper.client import SleeperClient

Call = Callable[[SleeperClient], Awaitable[Observation[Any]]]
WEEK_3 = Period(season="2025", week=3)

DOCUMENTED: dict[str, Call] = {
    "/v1/state/nfl": lambda client: client.nfl_state(),
    "/v1/players/nfl": lambda client: client.players(),
    "/v1/players/nfl/trending/add": lambda client: client.trending(Trend.ADD),
    "/v1/players/nfl/trending/drop": lambda client: client.trending(Trend.DROP),
    "/v1/league/123": lambda client: client.league("123"),
    "/v1/league/123/users": lambda client: client.members("123"),
    "/v1/league/123/rosters": lambda client: client.rosters("123"),
    "/v1/league/123/matchups/3": lambda client: client.matchups("123", 3),
    "/v1/league/123/transactions/3": lambda client: client.transactions("123", 3),
    "/v1/league/123/winners_bracket": lambda client: client.bracket("123", Bracket.WINNERS),
    "/v1/league/123/losers_bracket": lambda client: client.bracket("123", Bracket.LOSERS),
    "/v1/league/123/traded_picks": lambda client: client.traded_picks("123"),
    "/v1/league/123/drafts": lambda client: client.drafts("123"),
    "/v1/draft/500": lambda client: client.draft("500"),
    "/v1/draft/500/picks": lambda client: client.draft_picks("500"),
    "/v1/draft/500/traded_picks": lambda client: client.draft_traded_picks("500"),
    "/v1/user/ann": lambda client: client.user("ann"),
    "/v1/user/700/leagues/nfl/2025": lambda client: client.user_leagues("700", "2025"),
    "/v1/user/700/drafts/nfl/2025": lambda client: client.user_drafts("700", "2025"),
}
"""What Sleeper documents (SLEEPER_NOTES 2.2), by path."""

UNDOCUMENTED: dict[str, Call] = {
    "/stats/nfl/2025/3": lambda client: client.lines(Feed.STATS, WEEK_3),
    "/projections/nfl/2025/3": lambda client: client.lines(Feed.PROJECTIONS, WEEK_3),
    "/players/nfl/research/regular/2025/3": lambda client: client.lines(Feed.RESEARCH, WEEK_3),
    "/schedule/nfl/post/2025": lambda client: client.schedule("2025", SeasonType.POST),
}
"""What people found out (SLEEPER_NOTES 2.3), by path: asked for where the operator turned it on."""

REMEMBERED = {path: call for path, call in DOCUMENTED.items() if path != "/v1/players/nfl"}
"""Those of which the client keeps a body to ask whether it changed. The players are too many."""
