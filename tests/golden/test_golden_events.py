"""What is in the log stays readable: the encoding of an event never changes under one version."""

from __future__ import annotations

import json

import msgspec
import pytest

from domain.codec import encode
from domain.event import EVENT_TYPES, Event
from tests.golden.lines import Key, event_of, golden_lines, line_of, misread, missing
from tests.golden.samples import FORMER, SAMPLES

REMEDY = (
    "Does the type have a sample in tests/golden/samples.py, and was its version raised where its fields changed? "
    "Then run `python -m tests.golden.regenerate`; docs/adding-an-event.md has the steps."
)


def test_every_event_type_has_a_sample():
    assert {type(event).__name__ for event in SAMPLES} == set(EVENT_TYPES), REMEDY


def test_every_version_of_every_type_has_a_golden_line():
    assert missing(golden_lines()) == set(), REMEDY


def test_samples_set_every_field():
    for event in SAMPLES:
        fields = json.loads(encode(event)).keys()
        assert set(msgspec.structs.asdict(event)) == set(fields), type(event).__name__


@pytest.mark.parametrize("event", SAMPLES, ids=lambda event: type(event).__name__)
def test_an_event_is_encoded_as_it_always_was(event: Event):
    name = type(event).__name__
    assert line_of(event) == golden_lines().get((name, EVENT_TYPES[name].version)), REMEDY


@pytest.mark.parametrize("key", sorted(golden_lines()), ids=lambda key: f"{key[0]}-v{key[1]}")
def test_every_version_ever_written_still_decodes(key: Key):
    event = event_of(golden_lines()[key])
    assert isinstance(event, Event), f"{key[0]} is in logs: its class may not be renamed or deleted."
    assert type(event).__name__ == key[0]
    assert event.words()
    assert event.topic.startswith("sleeper.")
    if EVENT_TYPES[key[0]].version == key[1]:
        assert event in SAMPLES


def test_former_versions_are_upcast_to_what_is_written_down():
    assert misread(golden_lines(), FORMER) == set(), (
        "FORMER in tests/golden/samples.py says what the golden lines of versions that are no longer current are "
        "upcast to. A line that changed is to be restored, an upcaster that changed likewise."
    )
