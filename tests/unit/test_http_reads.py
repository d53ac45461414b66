"""ETags and If-None-Match."""

from __future__ import annotations

import pytest

from application.projections.matchups import MATCHUPS
from application.projections.rosters import ROSTERS
from interfaces.http.reads import etag, matches, of_builds

TAG = '"0.1.0-1.7"'


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, False), ("", False), (TAG, True), (f"W/{TAG}", True), (f'"a", {TAG}', True), (f'"a",W/{TAG}', True),
        ("*", True), (" * ", True), ('"a"', False), ('"0.1.0-1.70"', False), ("0.1.0-1.7", False),
        ('"*"', False), (f'"a" {TAG}', True), ('"0.1.0-1', False),
    ],
)  # fmt: skip
def test_if_none_match_is_compared_weakly_and_as_a_list(header: str | None, expected: bool) -> None:
    assert matches(header, TAG) is expected


def test_an_etag_tells_positions_and_projections_apart() -> None:
    tags = [
        etag([ROSTERS], [1]), etag([ROSTERS], [11]), etag([ROSTERS, MATCHUPS], [1, 1]),
        etag([ROSTERS, MATCHUPS], [1, 11]), etag([ROSTERS, MATCHUPS], [11, 1]),
    ]  # fmt: skip
    assert len(set(tags)) == len(tags)
    assert all(tag.startswith('"') and tag.endswith('"') for tag in tags)


def test_an_etag_tells_builds_apart() -> None:
    told = {of_builds(etag([ROSTERS], [1]), builds) for builds in ([1], [2], [1, 2], [12])}
    assert len(told) == 4
    assert all(matches(each, each) for each in told)
