"""The gateway to the feeds: which addresses it asks, in which order, and what it makes of both shapes."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from domain.errors import InvalidInput, ResponseInvalid, SleeperRefused, SleeperUnreachable
from domain.feeds.observation import Feed, lines_of
from domain.feeds.period import Period, SeasonType
from domain.trending.observation import Trend
from infrastructure.sleeper.client import line_paths
from tests.sleeper_stage import Script, client_of, error, ok

pytestmark = pytest.mark.usefixtures("stage")

WEEK_3 = Period(season="2025", week=3)
ROWS = msgspec.json.encode(
    [{"player_id": "7", "week": 3, "season": "2025", "season_type": "regular", "stats": {"rec": 5}}]
)
MAP = b'{"7": {"rec": 5}}'


def asked(script: Script) -> list[str]:
    return [request["path"] for request in script.requests]


@pytest.mark.quirk("2.3")
def test_the_list_is_asked_for_with_its_season_type_and_the_map_after_it() -> None:
    assert line_paths(Feed.STATS, WEEK_3) == (
        "stats/nfl/2025/3?season_type=regular",
        "v1/stats/nfl/regular/2025/3",
    )
    post = Period(season="2025", season_type=SeasonType.POST)
    assert line_paths(Feed.PROJECTIONS, post) == (
        "projections/nfl/2025?season_type=post",
        "v1/projections/nfl/post/2025",
    )
    assert line_paths(Feed.RESEARCH, WEEK_3) == ("players/nfl/research/regular/2025/3",)
    with pytest.raises(InvalidInput, match="research is of a week"):
        line_paths(Feed.RESEARCH, Period(season="2025"))


@pytest.mark.quirk("2.3")
async def test_the_season_type_reaches_sleeper() -> None:
    queries: list[bytes] = []
    script = Script(ok(ROWS))
    played = script.__call__

    class Listening(Script):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            queries.append(scope["query_string"])
            await played(scope, receive, send)

    async with client_of(Listening(ok(ROWS))) as client:
        await client.lines(Feed.STATS, WEEK_3)
    assert queries == [b"season_type=regular"]


@pytest.mark.quirk("2.3")
@pytest.mark.parametrize("gone", [(404, b"null", {}), (400, b"{}", {}), (410, b"", {}), ok(b"null")])
async def test_where_the_list_is_gone_the_map_answers(gone: Any) -> None:
    script = Script(gone, ok(MAP))
    async with client_of(script) as client:
        seen = await client.lines(Feed.STATS, WEEK_3)
    assert asked(script) == ["/stats/nfl/2025/3", "/v1/stats/nfl/regular/2025/3"]
    assert seen.path == "v1/stats/nfl/regular/2025/3"
    assert lines_of(seen.body)["7"].stats == {"rec": 5}


async def test_a_list_that_answers_is_enough_even_if_it_is_empty() -> None:
    for body in (ROWS, b"[]"):
        script = Script(ok(body))
        async with client_of(script) as client:
            seen = await client.lines(Feed.STATS, WEEK_3)
        assert asked(script) == ["/stats/nfl/2025/3"]
        assert isinstance(seen.body, tuple)


async def test_trouble_at_sleeper_is_no_reason_to_ask_the_other_address() -> None:
    script = Script(error(503))
    async with client_of(script) as client:
        with pytest.raises((SleeperRefused, SleeperUnreachable)):
            await client.lines(Feed.STATS, WEEK_3)
    assert set(asked(script)) == {"/stats/nfl/2025/3"}


@pytest.mark.quirk("2.3")
async def test_research_that_is_gone_is_nothing() -> None:
    script = Script((404, b"null", {}))
    async with client_of(script) as client:
        assert (await client.lines(Feed.RESEARCH, WEEK_3)).body is None
    assert asked(script) == ["/players/nfl/research/regular/2025/3"]


@pytest.mark.quirk("2.3")
async def test_a_row_of_another_week_is_refused_by_its_place() -> None:
    async with client_of(Script(ok(ROWS))) as client:
        with pytest.raises(ResponseInvalid, match=r"\$\[0\].week: it is 3, and 4 was asked for"):
            await client.lines(Feed.STATS, Period(season="2025", week=4))


@pytest.mark.quirk("2.2", "2.3")
async def test_trends_and_schedule_have_one_address_each() -> None:
    script = Script(ok(b"[]"))
    async with client_of(script) as client:
        await client.trending(Trend.DROP)
        await client.schedule("2025", SeasonType.POST)
        with pytest.raises(InvalidInput, match="season"):
            await client.schedule("../x", SeasonType.POST)
    assert asked(script) == ["/v1/players/nfl/trending/drop", "/schedule/nfl/post/2025"]
