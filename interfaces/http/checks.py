"""What every request to the API is checked for before its handler looks at it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from litestar import Request
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.status_codes import HTTP_415_UNSUPPORTED_MEDIA_TYPE

from interfaces.http.parameters import fields_of, query_name
from interfaces.http.problems import NotAllowed


async def check_request(request: Request[Any, Any, Any]) -> None:
    """Refuse parameters that would be ignored, and bodies that any web page could send.

    Raises:
        NotAllowed: a parameter is unknown, or given twice where one is meant.
        HTTPException: 415, the body is not declared as JSON.
    """
    _check_query(request)
    if request.method == "POST":
        _check_content_type(request)


def _check_query(request: Request[Any, Any, Any]) -> None:
    if not request.scope["query_string"]:
        return
    known = _known(request.route_handler)
    for name, times in Counter(name for name, _ in request.query_params.multi_items()).items():
        if name not in known:
            message = f"there is no parameter {name!r} here."
            raise NotAllowed(name, message, sorted(known) or "no parameters")
        if times > 1 and not known[name]:
            raise NotAllowed(name, f"it is given {times} times.", "one value")


@lru_cache(maxsize=200)
def _known(handler: HTTPRouteHandler) -> Mapping[str, bool]:
    """The query parameters of a handler by name, and whether each may repeat."""
    fields = fields_of(handler).items()
    named = ((query_name(name, field.kwarg_definition), field) for name, field in fields)
    return {
        name: any(inner.is_non_string_sequence for inner in (field, *field.inner_types))
        for name, field in named
        if name is not None
    }


def _check_content_type(request: Request[Any, Any, Any]) -> None:
    # A browser sends JSON to another origin only after asking (preflight), and is not answered.
    kind, _ = request.content_type
    if kind != "application/json":
        raise HTTPException(
            status_code=HTTP_415_UNSUPPORTED_MEDIA_TYPE,
            detail="The body must come with Content-Type: application/json",
        )
