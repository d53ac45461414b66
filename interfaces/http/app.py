"""The HTTP interface as one ASGI application."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from litestar import Litestar, Router
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler

from interfaces.bootstrap import Application
from interfaces.http.admin import AdminController
from interfaces.http.brackets import BracketsController
from interfaces.http.changes import ChangesController
from interfaces.http.checks import check_request
from interfaces.http.documentation import documentation_routes
from interfaces.http.drafts import DraftsController
from interfaces.http.events import EventsController
from interfaces.http.feeds import FeedsController
from interfaces.http.given import GIVEN
from interfaces.http.leagues import LeaguesController
from interfaces.http.listing import Listing
from interfaces.http.matchups import MatchupsController
from interfaces.http.members import MembersController
from interfaces.http.nfl import NflController
from interfaces.http.outermost import LOOPBACK, outermost
from interfaces.http.players import PlayersController
from interfaces.http.problems import answer_problem
from interfaces.http.records import RecordsController
from interfaces.http.rosters import RostersController
from interfaces.http.service import index, live, metrics, ready
from interfaces.http.squads import SquadsController
from interfaces.http.standings import StandingsController
from interfaces.http.sync import SyncController
from interfaces.http.sync_feeds import FeedSyncController
from interfaces.http.traded_picks import TradedPicksController
from interfaces.http.transactions import TransactionsController
from interfaces.http.trending import TrendingController
from interfaces.http.users import UsersController
from interfaces.http.verification import VerificationController
from interfaces.http.weeks import WeeksController

MAX_BODY: Final = 2**20  # bytes
_RESOURCES: Final = (
    LeaguesController,
    MembersController,
    RostersController,
    StandingsController,
    MatchupsController,
    WeeksController,
    TransactionsController,
    BracketsController,
    TradedPicksController,
    UsersController,
    NflController,
    PlayersController,
    TrendingController,
    FeedsController,
    DraftsController,
    EventsController,
    ChangesController,
    VerificationController,
    RecordsController,
    SquadsController,
)


def create_app(
    app: Application, *, allowed_hosts: Collection[str] | None = LOOPBACK, list_leagues: bool = True
) -> Litestar:
    """Serve an open :class:`Application` over HTTP; its opening and closing are the caller's.

    ``allowed_hosts`` are the names, without port, under which clients may address the service; ``None``
    lets every name pass, for a service behind a proxy that checks them. ``list_leagues`` says whether callers
    may see which leagues there are.
    """
    served = routes()
    listing = Listing(allowed=list_leagues)
    litestar = Litestar(
        [*served, *documentation_routes(served)],
        dependencies={
            "service": Provide(lambda: app, sync_to_thread=False),
            "listing": Provide(lambda: listing, sync_to_thread=False),
            "namer": Provide(lambda: app.namer, sync_to_thread=False),
        },
        exception_handlers={Exception: answer_problem},
        request_max_body_size=MAX_BODY,
        logging_config=None,  # the process has configured its logging
        openapi_config=None,  # the document is served by routes of our own, which answer with problems
    )
    litestar.asgi_handler = outermost(litestar.asgi_handler, allowed_hosts=allowed_hosts)
    return litestar


def routes() -> list[Router | HTTPRouteHandler]:
    """All routes but those of their description."""
    given = {name: Provide(make, sync_to_thread=False) for name, make in GIVEN.items()}
    api = Router("/api/v1", route_handlers=_RESOURCES, dependencies=given, before_request=check_request)
    sync = Router("/", route_handlers=[SyncController, FeedSyncController], before_request=check_request)
    admin = Router("/admin", route_handlers=[AdminController], before_request=check_request)
    return [api, sync, admin, index, live, ready, metrics]
