"""What handlers are given that is made of a request's parameters: a page, and who answers.

A parameter that routes share stands here once. A handler that takes what is made of it has the parameter:
Litestar describes it, and :func:`interfaces.http.parameters.fields_of` finds it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from litestar import Request
from litestar.di import NamedDependency

from application.queries.paging import DEFAULT_LIMIT, Page
from interfaces.bootstrap import Application
from interfaces.http.parameters import (
    After,
    AsObserved,
    AsOf,
    From,
    Limit,
    MinPosition,
    To,
    moment_of,
    moments_of,
)
from interfaces.http.past import PastReads, PeriodReads
from interfaces.http.reads import Reads
from interfaces.http.timed import TimedReads


def _page(limit: Limit = DEFAULT_LIMIT, after: After = None) -> Page:
    return Page(limit, after)


def _reads(
    request: Request[Any, Any, Any], service: NamedDependency[Application], min_position: MinPosition = None
) -> Reads:
    return Reads(service.read_model, request, min_position)


def _past(
    *,
    request: Request[Any, Any, Any],
    service: NamedDependency[Application],
    as_of: AsOf = None,
    as_observed: AsObserved = False,
    min_position: MinPosition = None,
) -> PastReads:
    moment = moment_of(as_of, as_observed=as_observed)
    return PastReads(service.history, service.log, request, moment, min_position)


def _timed(
    *,
    request: Request[Any, Any, Any],
    service: NamedDependency[Application],
    as_of: AsOf = None,
    as_observed: AsObserved = False,
    min_position: MinPosition = None,
) -> TimedReads:
    # Not made of the two above by Litestar: each level of dependencies costs a request some 50 µs.
    moment = moment_of(as_of, as_observed=as_observed)
    past = PastReads(service.history, service.log, request, moment, min_position)
    return TimedReads(Reads(service.read_model, request, min_position), past)


def _between(
    *,
    request: Request[Any, Any, Any],
    service: NamedDependency[Application],
    from_: From = None,
    to: To = None,
    as_observed: AsObserved = False,
    min_position: MinPosition = None,
) -> PeriodReads:
    moments = moments_of(from_, to, as_observed=as_observed)
    return PeriodReads(service.log, request, moments, min_position)


GIVEN: Final[Mapping[str, Callable[..., Any]]] = {
    "page": _page,
    "reads": _reads,
    "past": _past,
    "timed": _timed,
    "between": _between,
}
"""By the names under which handlers take them."""
