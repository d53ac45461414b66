"""Moments: how they are written, and which events they include."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from domain.errors import InvalidInput
from domain.event import RecordedEvent
from domain.moment import AtPosition, AtTime, parse_moment
from tests.sample_events import OBSERVED, new, renamed

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("0", AtPosition(0)),
        ("1843", AtPosition(1843)),
        ("2026-11-22T12:00:00Z", AtTime(NOON)),
        ("2026-11-22T13:00:00+01:00", AtTime(NOON)),
        ("2026-11-22T12:00:00.250Z", AtTime(NOON + timedelta(milliseconds=250))),
    ],
)
def test_a_moment_is_a_position_or_a_time(text, moment):
    assert parse_moment(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "-1",
        "1.5",
        "2026-11-22",
        "2026-11-22T12:00:00",
        "2026-13-01T00:00:00Z",
        "٣",
        "9" * 19 + "9",
    ],
)
def test_what_is_no_moment_is_refused_by_the_name_of_the_field(text):
    with pytest.raises(InvalidInput) as refused:
        parse_moment(text, field="from")
    assert refused.value.field == "from"


def test_a_position_says_already_what_was_known():
    with pytest.raises(InvalidInput, match="as_observed"):
        parse_moment("5", as_observed=True)


def recorded(*, occurred: timedelta) -> RecordedEvent:
    """An event at position 7, observed at ``OBSERVED``."""
    made = renamed()
    return RecordedEvent(
        position=7,
        stream="league-1",
        version=1,
        id=made.id,
        type="LeagueRenamed",
        schema_version=1,
        topic=made.event.topic,
        event=made.event,
        metadata=new(made.event).metadata.__class__(
            occurred_at=OBSERVED + occurred, observed_at=OBSERVED, correlation_id="run"
        ),
        recorded_at=OBSERVED,
    )


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("moment", "occurred", "included"),
    [
        (AtPosition(6), -HOUR, False),
        (AtPosition(7), -HOUR, True),
        (AtTime(OBSERVED - 2 * HOUR), -HOUR, False),
        (AtTime(OBSERVED - HOUR), -HOUR, True),  # it had happened, though nobody knew
        (AtTime(OBSERVED - HOUR, as_observed=True), -HOUR, False),
        (AtTime(OBSERVED, as_observed=True), -HOUR, True),
        (AtTime(OBSERVED), HOUR, True),  # Sleeper's clock is ahead of ours
    ],
)
def test_by_time_an_event_counts_from_when_it_happened_or_was_observed(moment, occurred, included):
    assert moment.includes(recorded(occurred=occurred)) is included
