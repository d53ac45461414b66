"""Topic patterns as ranges and regular expressions."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput
from infrastructure.postgres.topics import TopicMatch, topic_match


def matches(match: TopicMatch, topic: str) -> bool:
    """What the database does with a TopicMatch."""
    name = topic.encode()
    return (
        (match.exact is None or topic == match.exact)
        and (match.low is None or name >= match.low.encode())
        and (match.high is None or name < match.high.encode())
        and (match.pattern is None or re.search(match.pattern, topic, re.DOTALL) is not None)
    )


def nats(pattern: list[str], topic: list[str]) -> bool:
    """The rule itself, part by part."""
    if not pattern or not topic:
        return pattern == topic
    if pattern[0] == ">":
        return True
    return pattern[0] in ("*", topic[0]) and nats(pattern[1:], topic[1:])


names = st.lists(st.text("ab-_/+^$\\é", min_size=1, max_size=2), min_size=1, max_size=4)
patterns = st.lists(st.text("ab-_/+^$\\é", min_size=1, max_size=2) | st.just("*"), max_size=3).flatmap(
    lambda parts: st.sampled_from([parts, [*parts, ">"]]).filter(bool)
)


@given(pattern=patterns, topic=names)
def test_a_pattern_finds_what_the_rule_of_nats_says(pattern, topic):
    assert matches(topic_match(".".join(pattern)), ".".join(topic)) == nats(pattern, topic)


@given(topic=names, cut=st.integers(0, 3))
def test_a_pattern_made_from_a_topic_finds_it(topic, cut):
    parts = [*topic[:cut], *["*"] * len(topic[cut:])]
    assert matches(topic_match(".".join(parts)), ".".join(topic))


@pytest.mark.parametrize("pattern", ["", ".", "a..b", "a.", ".a", ">.a", "a.>.b", "a*", "a.b>", "a.\0"])
def test_what_is_not_a_topic_is_refused(pattern):
    with pytest.raises(InvalidInput, match="topic"):
        topic_match(pattern)
