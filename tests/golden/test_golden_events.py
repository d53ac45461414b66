"""What is in the log stays readable: the encoding of an event never changes under one version."""

from __future__ import annotations

import json

import msgspec
import pytest

from domain.codec import decode, encode
from domain.event import EVENT_TYPES, Event
from tests.golden.regenerate import golden_lines, line_of
from tests.golden.samples import SAMPLES

REMEDY = (
    "If the type is new, or its version was raised and an upcaster added: add or change its sample in "
    "tests/golden/samples.py and run `python -m tests.golden.regenerate`. If neither: raise the version."
)


def test_every_event_type_has_a_sample_and_a_golden_line_of_its_version():
    types = {(name, known.version) for name, known in EVENT_TYPES.items()}
    assert {type(event).__name__ for event in SAMPLES} == set(EVENT_TYPES), REMEDY
    assert types - golden_lines().keys() == set(), REMEDY


def test_samples_set_every_field():
    for event in SAMPLES:
        fields = json.loads(encode(event)).keys()
        assert set(msgspec.structs.asdict(event)) == set(fields), type(event).__name__


@pytest.mark.parametrize("event", SAMPLES, ids=lambda event: type(event).__name__)
def test_an_event_is_encoded_as_it_always_was(event: Event):
    name = type(event).__name__
    assert line_of(event) == golden_lines().get((name, EVENT_TYPES[name].version)), REMEDY


@pytest.mark.parametrize("key", sorted(golden_lines()), ids=lambda key: f"{key[0]}-v{key[1]}")
def test_every_version_ever_written_still_decodes(key: tuple[str, int]):
    stored = json.loads(golden_lines()[key])
    event = decode(stored["type"], stored["version"], msgspec.json.encode(stored["data"]))
    assert type(event).__name__ == stored["type"], REMEDY
    assert isinstance(event, Event), REMEDY
    assert event.words()
    assert event.topic.startswith("sleeper.")
    if EVENT_TYPES[stored["type"]].version == stored["version"]:
        assert event in SAMPLES
