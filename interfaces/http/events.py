"""The event log."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from msgspec.structs import replace

from application.queries.events import EventFilter, EventSlice, list_events
from application.queries.naming import Namer
from application.queries.paging import DEFAULT_LIMIT
from interfaces.bootstrap import Application
from interfaces.http.listing import Listing
from interfaces.http.parameters import LAST_POSITION, Limit, MinPosition
from interfaces.http.positions import note_position, position_headers

InStream = Annotated[str | None, QueryParameter(description="Only of this stream, as in rosters-100200300")]
OnTopic = Annotated[
    str | None,
    QueryParameter(
        max_length=300,
        description="Only of this topic; * stands for one part of it, > at the end for all that follow, "
        "as in sleeper.league.100200300.> or sleeper.league.*.transactions",
    ),
]
OfTypes = Annotated[
    list[str] | None,
    QueryParameter(name="type", max_items=50, description="Only of these types: repeated, or with commas"),
]
AfterPosition = Annotated[
    int, QueryParameter(ge=0, le=LAST_POSITION, description="Only events behind this log position")
]


class EventsController(Controller):
    path = "/events"
    tags = ["events"]

    @get(operation_id="listEvents", summary="What happened, in the order of the log")
    async def list(
        self,
        *,
        request: Request[Any, Any, Any],
        service: NamedDependency[Application],
        listing: NamedDependency[Listing],
        namer: NamedDependency[Namer],
        stream: InStream = None,
        topic: OnTopic = None,
        type_: OfTypes = None,
        after: AfterPosition = 0,
        limit: Limit = DEFAULT_LIMIT,
        min_position: MinPosition = None,
    ) -> Response[EventSlice]:
        """Whoever follows the log by polling goes on with `after` = X-Log-Position once `next` is null.

        Where the operator does not allow lists of leagues, a `stream` or a `topic` has to name one.
        """
        listing.check_events(stream=stream, topic=topic)
        types = [name for names in type_ or () for name in names.split(",")]
        page, position = await list_events(
            service.log,
            EventFilter(stream=stream, topic=topic, types=types),
            after=after,
            limit=limit,
            min_position=min_position or 0,
        )
        page = replace(page, items=await namer.named(page.items))
        note_position(request, position)
        return Response(page, headers={"Cache-Control": "no-cache", **position_headers(request)})
