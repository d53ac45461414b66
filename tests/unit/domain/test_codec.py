from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from domain import event as event_module
from domain.codec import decode, encode, identify
from domain.decider import Decider
from domain.errors import EventNotReadable, EventOfNewerRelease
from domain.event import EVENT_TYPES, Event, EventInLeague, UnknownEvent, event_type, from_millis
from domain.league.events import LeagueRenamed, LeagueSettingsChanged
from domain.streams import (
    league_stream,
    matchups_stream,
    members_stream,
    rosters_stream,
    transactions_stream,
)

RENAMED = LeagueRenamed(league_id="1", before="Old", after="New")


@pytest.fixture
def second_version() -> Iterator[type[Event]]:
    """A type that was called ``coach_name`` in version 1, lived in a map in 2, and is ``coach`` in 3."""

    @event_type(version=3, upcasters={1: _into_a_map, 2: lambda old: {**old, "coach": old["team"]["coach"]}})
    class CoachHired(EventInLeague, frozen=True, kw_only=True):
        facet = "league"
        coach: str

    yield CoachHired
    del event_module._TYPES["CoachHired"]


def _into_a_map(old):
    return {"league_id": old["league_id"], "team": {"coach": old["coach_name"]}}


def test_equal_events_are_equal_bytes_whatever_the_order_of_their_keys():
    one = LeagueSettingsChanged(league_id="1", changed={"a": 1, "b": {"x": 1, "y": 2}})
    other = LeagueSettingsChanged(league_id="1", changed={"b": {"y": 2, "x": 1}, "a": 1})
    assert encode(one) == encode(other)


def test_ids_beyond_2_53_survive_exactly():
    event = LeagueSettingsChanged(league_id="9007199254740993", changed={"bracket": 9007199254740993})
    assert decode("LeagueSettingsChanged", 1, encode(event)) == event


def test_the_id_of_an_event_depends_on_its_place_its_type_and_its_data():
    data = encode(RENAMED)
    places = [
        ("league-1", 1, "LeagueRenamed", data),
        ("league-2", 1, "LeagueRenamed", data),
        ("league-1", 2, "LeagueRenamed", data),
        ("league-1", 1, "MemberRenamed", data),
        ("league-1", 1, "LeagueRenamed", data + b" "),
        ("league-1", 11, "LeagueRenamed", data),
    ]
    assert len({identify(*place) for place in places}) == len(places)
    assert identify(*places[0]) == identify(*places[0])


def test_old_versions_are_upcast_step_by_step(second_version):
    expected = second_version(league_id="1", coach="Ann")
    assert decode("CoachHired", 1, b'{"league_id":"1","coach_name":"Ann"}') == expected
    assert decode("CoachHired", 2, b'{"league_id":"1","team":{"coach":"Ann"}}') == expected
    assert decode("CoachHired", 3, b'{"league_id":"1","coach":"Ann"}') == expected


@pytest.mark.parametrize("data", [b'{"league_id":"1"}', b"[]", b"1", b'"x"', b"null", b"{", b"\xff"])
@pytest.mark.parametrize("version", [0, 1, 2, 3])
def test_old_data_that_is_not_what_it_says_is_not_readable(second_version, version, data):
    with pytest.raises(EventNotReadable) as caught:
        decode("CoachHired", version, data)
    assert caught.value.event_type == "CoachHired"
    assert caught.value.schema_version == version


def test_an_upcaster_that_stumbles_over_the_data_makes_the_event_unreadable(second_version):
    event_module._TYPES["CoachHired"].upcasters[1] = lambda old: {"coach": old["coach"].strip()}
    with pytest.raises(EventNotReadable, match="CoachHired v1"):
        decode("CoachHired", 1, b'{"league_id":"1","coach":7}')


@pytest.mark.parametrize(("name", "version"), [("CoachFired", 4), ("LeagueRenamed", 2)])
def test_a_type_and_a_version_newer_than_this_release_are_passed_on_as_unknown(name, version):
    event = decode(name, version, b'{"league_id":"1"}')
    assert event == UnknownEvent(type=name, schema_version=version, data={"league_id": "1"})
    assert event.words() == f"{name} v{version} (not known to this release)"


@pytest.mark.parametrize(("name", "version"), [("CoachFired", 1), ("LeagueRenamed", 2)])
def test_data_of_an_unknown_type_must_at_least_be_json(name, version):
    with pytest.raises(EventNotReadable) as caught:
        decode(name, version, b"<html>")
    assert not isinstance(caught.value, EventOfNewerRelease)


def test_nothing_is_decided_on_a_stream_with_an_event_of_an_unknown_type():
    decider: Decider[int, None] = Decider(0, lambda state, seen: [], lambda state, event: state + 1)
    assert decider.fold([RENAMED, RENAMED]) == 2
    assert decider.fold([RENAMED], 5) == 6
    with pytest.raises(EventOfNewerRelease, match="CoachFired v3") as refused:
        decider.fold([RENAMED, UnknownEvent(type="CoachFired", schema_version=3, data={})])
    assert "Run the release that wrote it" in refused.value.remedy


def test_a_type_cannot_be_registered_twice():
    with pytest.raises(TypeError, match="LeagueRenamed"):
        event_type()(LeagueRenamed)


def test_a_version_without_a_way_from_the_older_ones_cannot_be_registered():
    class CoachRetired(EventInLeague, frozen=True, kw_only=True):
        facet = "league"

    with pytest.raises(TypeError, match=r"versions \{1\}"):
        event_type(version=3, upcasters={2: dict})(CoachRetired)
    assert "CoachRetired" not in EVENT_TYPES


def test_a_bare_event_has_a_topic_but_says_nothing():
    class CoachSlept(EventInLeague, frozen=True, kw_only=True):
        facet = "league"

    event = CoachSlept(league_id="7")
    assert event.topic == "sleeper.league.7.league"
    assert event.happened_at is None
    for said in (event.words, lambda: event.record):
        with pytest.raises(NotImplementedError):
            said()


def test_milliseconds_become_utc_times_exactly():
    assert from_millis(1_756_700_000_123) == datetime(2025, 9, 1, 4, 13, 20, 123000, tzinfo=UTC)
    assert from_millis(0) == datetime(1970, 1, 1, tzinfo=UTC)


def test_every_endpoint_of_a_league_is_a_stream_of_its_own():
    assert [
        league_stream("7"),
        members_stream("7"),
        rosters_stream("7"),
        matchups_stream("7", 3),
        transactions_stream("7", 18),
    ] == ["league-7", "members-7", "rosters-7", "matchups-7-3", "transactions-7-18"]
