"""The parameters that routes share: their bounds, and how the API describes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from types import NoneType
from typing import Annotated, Any, get_args

from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler
from litestar.params import KwargDefinition, PathParameter, QueryParameter
from litestar.typing import FieldDefinition
from litestar.utils.signature import ParsedSignature

from application.queries.paging import MAX_LIMIT
from domain.calendar import LAST_WEEK
from domain.errors import InvalidInput
from domain.moment import Moment, parse_moment

LAST_POSITION = 2**63 - 1  # positions are 64 bits wide

LeagueId = Annotated[
    str,
    PathParameter(
        pattern="^[0-9]{1,20}$", description="The league's id: the long number in its address on sleeper.com"
    ),
]
Limit = Annotated[
    int, QueryParameter(ge=1, le=MAX_LIMIT, description="How many items an answer holds at most")
]
After = Annotated[
    str | None,
    QueryParameter(max_length=300, description="`next` of an earlier answer: go on behind it"),
]
MinPosition = Annotated[
    int | None,
    QueryParameter(
        ge=0,
        le=LAST_POSITION,
        description="Wait (5 seconds at most) until the answer shows every event up to this log position",
    ),
]
AsOf = Annotated[
    str | None,
    QueryParameter(
        max_length=40,
        description="Show it as it was: at a log position, or at an RFC 3339 time with its offset",
    ),
]
_MOMENT = "a log position, or an RFC 3339 time with its offset"
From = Annotated[
    str | None, QueryParameter(name="from", max_length=40, description=f"Only after this: {_MOMENT}")
]
To = Annotated[
    str | None, QueryParameter(name="to", max_length=40, description=f"Only up to this: {_MOMENT}")
]
AsObserved = Annotated[
    bool,
    QueryParameter(description="With a time in `as_of`: what was known then, not what had happened by then"),
]
Week = Annotated[int | None, QueryParameter(ge=1, le=LAST_WEEK, description="Only this week of the season")]


def moment_of(as_of: str | None, *, as_observed: bool) -> Moment | None:
    """The moment that is asked about, ``None`` for now.

    Raises:
        InvalidInput: ``as_of`` is no moment, or ``as_observed`` comes without a time.
    """
    if as_of is not None:
        return parse_moment(as_of, as_observed=as_observed)
    if as_observed:
        raise InvalidInput("as_observed", "it says nothing without as_of.", remedy="Give a time in as_of.")
    return None


def moments_of(
    since: str | None, until: str | None, *, as_observed: bool
) -> tuple[Moment | None, Moment | None]:
    """Both ends of the time that is asked about, ``None`` for one that is open.

    Raises:
        InvalidInput: one is no moment, or ``as_observed`` comes without a time.
    """
    if as_observed and since is None and until is None:
        raise InvalidInput(
            "as_observed", "it says nothing without times.", remedy="Give from or to as times."
        )
    return (
        None if since is None else parse_moment(since, as_observed=as_observed, field="from"),
        None if until is None else parse_moment(until, as_observed=as_observed, field="to"),
    )


def fields_of(handler: HTTPRouteHandler) -> Mapping[str, FieldDefinition]:
    """What a handler takes from a request by name, itself or for what it is given."""
    return dict(_fields(handler.parsed_fn_signature, handler.resolve_dependencies()))


def _fields(
    signature: ParsedSignature, given: Mapping[str, Provide]
) -> Iterator[tuple[str, FieldDefinition]]:
    for name, field in signature.parameters.items():
        if name in given:
            yield from _fields(given[name].parsed_fn_signature, given)
        else:
            yield name, field


def query_name(name: str, definition: object) -> str | None:
    """Under which name a handler's parameter stands in the query, ``None`` where it comes from elsewhere."""
    if not isinstance(definition, QueryParameter):
        return None
    return definition.name or name


def allowed_values(annotation: Any, definition: KwargDefinition | None = None) -> str | list[str]:
    """What a parameter or a field of this type and these bounds may hold, in words."""
    (kind, *_) = [each for each in get_args(annotation) if each is not NoneType] or [annotation]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return [str(member.value) for member in kind]
    if kind is bool:
        return ["true", "false"]
    if kind is int:
        return _whole_number(definition)
    if definition is not None and definition.description:
        return definition.description
    return "text"


def _whole_number(definition: KwargDefinition | None) -> str:
    bounds = (None, None) if definition is None else (definition.ge, definition.le)
    if None in bounds:
        return "a whole number"
    return f"a whole number from {bounds[0]} to {bounds[1]}"
