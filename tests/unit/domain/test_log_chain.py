"""The chain of digests: what is altered is found between two seals, and nothing else is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.log.chain import Chain
from domain.log.faults import Faults
from domain.log.stored import BEFORE_ALL, Seal, StoredEvent, digest_after

AT = datetime(2026, 9, 10, tzinfo=UTC)
EVENTS = [
    StoredEvent(n, f"a-{n % 3}", n // 3 + 1, UUID(int=n), "T", 1, "t", b"{}", "{}", AT, AT, AT + timedelta(n))
    for n in range(1, 21)
]
FIELDS = {
    "position": 99,
    "stream": "b",
    "version": 99,
    "id": UUID(int=99),
    "type": "U",
    "schema_version": 2,
    "topic": "u",
    "data": b"[]",
    "metadata": "[]",
    "occurred_at": AT + timedelta(microseconds=1),
    "observed_at": AT + timedelta(microseconds=1),
    "recorded_at": AT + timedelta(microseconds=1),
}

positions = st.integers(1, len(EVENTS))
sealed = st.sets(positions, min_size=1).map(sorted)


def seals_at(places: list[int]) -> list[Seal]:
    digest, found = BEFORE_ALL, []
    for event in EVENTS:
        digest = digest_after(digest, event)
        if event.position in places:
            found.append(Seal(event.position, digest, AT))
    return found


def followed(events: list[StoredEvent], seals: list[Seal]) -> tuple[Chain, list[tuple[int | None, str]]]:
    faults = Faults()
    chain, remaining = Chain(faults), list(seals)
    for place, event in enumerate(events, 1):
        chain.event(event)
        while remaining and remaining[0].position == place:
            chain.seal(remaining.pop(0))
    chain.end()
    return chain, [(fault.position, fault.what) for fault in faults.kept]


def part_of(place: int, seals: list[Seal]) -> tuple[int, int] | None:
    """The positions of the part between two seals that holds ``place``; none behind the last seal."""
    starts = [1, *(seal.position + 1 for seal in seals)]
    parts = zip(starts, (seal.position for seal in seals), strict=False)
    return next(((first, last) for first, last in parts if first <= place <= last), None)


@given(sealed)
def test_nothing_is_found_in_what_was_not_altered(places):
    chain, faults = followed(EVENTS, seals_at(places))
    assert faults == []
    assert (chain.seals, chain.sealed_position) == (len(places), places[-1])


@given(sealed, positions, st.sampled_from(sorted(FIELDS)))
def test_an_altered_event_is_found_between_its_seals_and_nowhere_else(places, place, field):
    seals = seals_at(places)
    events = [e._replace(**{field: FIELDS[field]}) if e.position == place else e for e in EVENTS]
    chain, faults = followed(events, seals)
    part = part_of(place, seals)
    assert chain.digest != followed(EVENTS, [])[0].digest
    if part is None:
        assert faults == []
        return
    [(at, what)] = faults
    assert at == part[0]
    assert what.startswith(f"the events at positions {part[0]} to {part[1]} are not those that were sealed")
    assert ("or the seal" in what) == (part[1] == places[-1])


@given(sealed, st.data())
def test_an_altered_seal_is_told_from_altered_events_by_the_next_one(places, data):
    seals = seals_at(places)
    which = data.draw(st.integers(0, len(seals) - 1))
    seals[which] = Seal(seals[which].position, bytes(31) + b"\1", AT)
    _, [(at, what)] = followed(EVENTS, seals)
    if which == len(seals) - 1:
        assert f"or the seal at position {places[-1]} was altered" in what
    else:
        assert at == places[which]
        assert what.startswith(f"the seal at position {places[which]} was altered, and not")


@given(st.lists(positions, min_size=1, unique=True), sealed)
def test_every_part_with_altered_events_is_found(altered, places):
    seals = seals_at(places)
    events = [e._replace(topic="other") if e.position in altered else e for e in EVENTS]
    parts = {part for place in altered if (part := part_of(place, seals))}
    _, faults = followed(events, seals)
    assert [at for at, _ in faults] == sorted(first for first, _ in parts)


_texts = st.text(st.sampled_from("ab\0"), max_size=3)
_stored = st.builds(
    lambda texts, data: EVENTS[0]._replace(
        stream=texts[0], type=texts[1], topic=texts[2], metadata=texts[3], data=data.encode()
    ),
    st.tuples(_texts, _texts, _texts, _texts),
    _texts,
)


@given(_stored, _stored)
def test_the_digests_of_two_events_are_equal_only_if_the_events_are(one, other):
    assert (digest_after(BEFORE_ALL, one) == digest_after(BEFORE_ALL, other)) == (one == other)


def test_a_digest_is_the_same_for_ever():
    """An operator keeps it for years: it may not change with a release."""
    assert followed(EVENTS, [])[0].digest.hex() == (
        "c59490a820eab98a07cb8ad5532ca141d4852ef660126c3416935df374e6fd2e"
    )
