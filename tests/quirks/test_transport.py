"""How Sleeper answers over HTTP, whatever it is asked for (SLEEPER_NOTES 2.1)."""

from __future__ import annotations

import gzip
import inspect
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.errors import ResponseInvalid, SleeperRefused
from infrastructure.settings import load_settings
from infrastructure.sleeper.client import SleeperClient
from tests.quirks.asked import DOCUMENTED, REMEMBERED, UNDOCUMENTED, Call
from tests.quirks.hearing import Hearing, listening
from tests.sleeper_stage import LEAGUE, NOW, error, ok

every_call = pytest.mark.parametrize(
    "call", (DOCUMENTED | UNDOCUMENTED).values(), ids=DOCUMENTED | UNDOCUMENTED
)
every_documented_call = pytest.mark.parametrize("call", DOCUMENTED.values(), ids=DOCUMENTED)
every_remembered_call = pytest.mark.parametrize("call", REMEMBERED.values(), ids=REMEMBERED)

HEADERS_OF_2020 = {
    "date": "Sat, 14 Nov 2020 16:45:56 GMT",
    "vary": "Accept-Encoding",
    "cache-control": "max-age=0, private, must-revalidate",
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "etag",
    "access-control-allow-credentials": "true",
    "cf-cache-status": "MISS",
    "server": "cloudflare",
}
"""All that came with a league: an ETag is promised to scripts of other pages, and none is sent."""


@pytest.fixture(scope="module")
async def sleeper() -> AsyncIterator[Hearing]:
    async with listening() as hearing:
        yield hearing


# --- hosts


@pytest.mark.quirk("2.1")
def test_the_documented_host_is_asked_unless_another_one_is_named() -> None:
    assert load_settings({}).sleeper_base_url == "https://api.sleeper.app"
    other = load_settings({"SLEEPER_BASE_URL": "https://api.sleeper.com/v1"})
    assert other.sleeper_base_url == "https://api.sleeper.com"  # paths bring their own v1, or have none


@pytest.mark.quirk("2.1", "2.2", "2.3")
async def test_every_call_only_reads_and_brings_no_key_and_never_busts_a_cache(sleeper: Hearing) -> None:
    """An unused query parameter would force a miss of the edge's cache: only ``season_type`` is ever sent."""
    async with sleeper.answering(ok(b"null")) as client:
        for call in (DOCUMENTED | UNDOCUMENTED).values():
            await call(client)
        await client.league("123", fresh=True)
    assert {(request.method, request.body) for request in sleeper.heard} == {("GET", b"")}
    sent = {name for request in sleeper.heard for name in request.headers}
    assert sent == {"host", "user-agent", "accept", "accept-encoding"}
    asked = [request.path for request in sleeper.heard if not request.query]
    assert asked[: len(DOCUMENTED)] == list(DOCUMENTED)
    lists = {(request.path, request.query) for request in sleeper.heard if request.query}
    assert lists == {(f"/{feed}/nfl/2025/3", "season_type=regular") for feed in ("stats", "projections")}


@pytest.mark.quirk("2.2", "2.3")
async def test_the_client_asks_for_nothing_that_is_not_listed_here() -> None:
    """So that a new endpoint is held to what is tested for all."""
    methods = {name for name, _ in inspect.getmembers(SleeperClient, inspect.iscoroutinefunction)}
    asked: set[str] = set()
    for call in (DOCUMENTED | UNDOCUMENTED).values():
        asked |= set(call.__code__.co_names)  # type: ignore[attr-defined]
    assert {name for name in methods if not name.startswith("_")} == (asked & methods) | {"aclose"}


# --- what is not there

ABSENT = {
    "404 with null": error(404, b"null"),
    "404 with null, packed": error(404, gzip.compress(b"null"), content_encoding="gzip"),
    "200 with null": ok(b"null"),
}
"""A recording of 2020 has the first, programs of 2025 expect the last; bodies come packed."""


@pytest.mark.quirk("2.1")
@every_call
@pytest.mark.parametrize("step", ABSENT.values(), ids=ABSENT)
async def test_nothing_under_an_id_is_absence_and_no_error(sleeper: Hearing, step: Any, call: Call) -> None:
    async with sleeper.answering(step) as client:
        assert (await call(client)).body is None


@pytest.mark.quirk("2.1")
@every_documented_call
async def test_a_page_that_says_404_is_a_refusal_and_no_absence(sleeper: Hearing, call: Call) -> None:
    """As ``/v1/avatars/*`` answers: taken for "there is nothing", it would hide that a path is wrong."""
    page = error(404, b"<!DOCTYPE html><h1>Not Found</h1>", content_type="text/html")
    async with sleeper.answering(page) as client:
        with pytest.raises(SleeperRefused, match="answered 404"):
            await call(client)


@pytest.mark.quirk("2.1")
@pytest.mark.parametrize(
    "content_type", ["text/html; charset=utf-8", "text/plain", "application/octet-stream", ""]
)
async def test_json_is_read_under_a_wrong_content_type(sleeper: Hearing, content_type: str) -> None:
    async with sleeper.answering((200, LEAGUE, {"content-type": content_type})) as client:
        league = (await client.league("123")).body
    assert league is not None
    assert league.name == "Test"


@pytest.mark.quirk("2.1")
@every_call
async def test_a_page_under_the_content_type_of_json_is_invalid_and_kept(
    sleeper: Hearing, call: Call
) -> None:
    async with sleeper.answering(ok(b"<html>busy</html>")) as client:
        with pytest.raises(ResponseInvalid) as caught:
            await call(client)
    assert (caught.value.field, caught.value.body) == ("$", b"<html>busy</html>")


# --- limits


@pytest.mark.quirk("2.2")
async def test_a_map_of_players_three_times_as_large_as_it_is_now_is_read(sleeper: Hearing) -> None:
    """14.6 MB in 2026, where the documentation says 5."""
    body = b'{"17": {' + b" " * 3 * 14_600_000 + b"}}"
    async with sleeper.answering(ok(body)) as client:
        players = (await client.players()).body
    assert players is not None
    assert list(players) == ["17"]


@pytest.mark.quirk("2.1")
@pytest.mark.parametrize(
    "body", [b"", b"null", b'{"error": "slow down"}', b"<html>error 1015</html>"], ids=repr
)
async def test_too_many_requests_is_tried_again_without_a_retry_after_and_whatever_it_says(
    sleeper: Hearing, body: bytes
) -> None:
    async with sleeper.answering(error(429, body), error(429, body), ok()) as client:
        assert (await client.league("123")).body is not None
    assert len(sleeper.heard) == 3


# --- caches


@pytest.mark.quirk("2.1")
@every_remembered_call
async def test_without_an_etag_every_poll_fetches_the_body(sleeper: Hearing, call: Call) -> None:
    async with sleeper.answering((200, b"null", HEADERS_OF_2020)) as client:
        seen = [await call(client) for _ in range(3)]
    assert [observation.observed_at for observation in seen] == [NOW] * 3
    assert not any("if-none-match" in request.headers for request in sleeper.heard)


@pytest.mark.quirk("2.1")
@every_call
async def test_what_a_cache_answers_is_dated_back_to_when_it_was_filled(sleeper: Hearing, call: Call) -> None:
    """As trends were in 2020, 396 s later; in 2026 the edge keeps players for 600 s, drafts for up to a day."""
    body = b"{}" if call is DOCUMENTED["/v1/players/nfl"] else b"null"
    fields = {"cache-control": "public, s-maxage=600", "cf-cache-status": "HIT", "age": "396"}
    async with sleeper.answering(ok(body, **fields)) as client:
        seen = await call(client)
    assert seen.observed_at == NOW - timedelta(seconds=396)


CACHED = {
    "/v1/draft/500/picks": "s-maxage=15, stale-while-revalidate=300",
    "/v1/draft/500": "s-maxage=30",
    "/v1/draft/500/traded_picks": "s-maxage=259200",
    "/v1/league/123": "s-maxage=300, stale-if-error=600",
}
"""What the edge was told in 2026 of some endpoints."""


@pytest.mark.quirk("2.1")
@pytest.mark.parametrize(("path", "control"), CACHED.items(), ids=CACHED)
async def test_an_edge_may_answer_late_with_a_body_and_with_304(
    sleeper: Hearing, path: str, control: str
) -> None:
    """What it has held for a while is dated back; an ETag that comes is sent along, and its body used again."""
    fields = {"cache-control": f"public, {control}", "cf-cache-status": "HIT", "etag": 'W/"7"'}
    body = (
        LEAGUE if path == "/v1/league/123" else b'{"draft_id": "500"}' if path == "/v1/draft/500" else b"[]"
    )
    steps = ok(body, age="12", **fields), error(304, age="14", **fields), error(304, **fields)
    async with sleeper.answering(*steps) as client:
        seen = [await DOCUMENTED[path](client) for _ in range(3)]
    assert [NOW - each.observed_at for each in seen] == [timedelta(seconds=age) for age in (12, 14, 0)]
    assert [request.headers.get("if-none-match") for request in sleeper.heard] == [None, 'W/"7"', 'W/"7"']
    assert seen[0].body is seen[1].body is seen[2].body is not None


@pytest.mark.quirk("2.1")
async def test_an_etag_that_is_another_one_each_time_is_never_relied_on(sleeper: Hearing) -> None:
    steps = [ok(b'{"league_id": "123", "name": "%d"}' % n, etag=f'"{n}"') for n in range(3)]
    async with sleeper.answering(*steps) as client:
        names = [(await client.league("123")).body for _ in range(3)]
    assert [league and league.name for league in names] == ["0", "1", "2"]
    assert [request.headers.get("if-none-match") for request in sleeper.heard] == [None, '"0"', '"1"']


HOP_BY_HOP = {"content-encoding", "content-length", "transfer-encoding", "connection"}


def recorded_headers(root: Path) -> list[dict[str, str]]:
    """The headers of every recorded answer that had a body, without those of its transfer."""
    (file,) = root.glob("*/http-headers.json")
    answers = [each["headers"] for each in json.loads(file.read_bytes()) if each["status"] == 200]
    return [{name: each[name] for name in each.keys() - HOP_BY_HOP} for each in answers]


@pytest.mark.quirk("2.1")
async def test_recorded_headers_make_no_call_conditional_and_date_what_a_cache_held(
    sleeper: Hearing, recordings: Path
) -> None:
    answers = recorded_headers(recordings)
    async with sleeper.answering(*(ok(LEAGUE, **fields) for fields in answers)) as client:
        seen = [await client.league("123") for _ in answers]
    assert not any("if-none-match" in request.headers for request in sleeper.heard)
    ages = [int(fields.get("age", 0)) for fields in answers]
    assert [NOW - each.observed_at for each in seen] == [timedelta(seconds=age) for age in ages]
    assert max(ages) == 396
