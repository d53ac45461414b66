"""The gateway: what it asks Sleeper for, and what it makes of the answers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.brackets.observation import Bracket
from domain.errors import InvalidInput, ResponseInvalid
from tests.sleeper_stage import LEAGUE, NOW, Script, client_of, error, ok

pytestmark = pytest.mark.usefixtures("stage")


@pytest.mark.quirk("2.1", "2.2")
async def test_each_endpoint_is_asked_below_v1_by_a_client_that_names_itself():
    script = Script(ok(b"null"))
    async with client_of(script) as client:
        seen = [
            (await client.nfl_state()).path,
            (await client.league("123")).path,
            (await client.members("123")).path,
            (await client.rosters("123")).path,
            (await client.matchups("123", 3)).path,
            (await client.transactions("123", 0)).path,
            (await client.bracket("123", Bracket.WINNERS)).path,
            (await client.bracket("123", Bracket.LOSERS)).path,
            (await client.traded_picks("123")).path,
        ]
    assert seen == [
        "v1/state/nfl",
        "v1/league/123",
        "v1/league/123/users",
        "v1/league/123/rosters",
        "v1/league/123/matchups/3",
        "v1/league/123/transactions/0",
        "v1/league/123/winners_bracket",
        "v1/league/123/losers_bracket",
        "v1/league/123/traded_picks",
    ]
    assert [request["path"] for request in script.requests] == [f"/{path}" for path in seen]
    assert script.requests[0]["user-agent"].startswith("gamefilm/")
    assert script.requests[0]["accept-encoding"] == "gzip"


async def test_an_observation_holds_the_decoded_body_and_when_it_was_seen():
    async with client_of(Script(ok())) as client:
        observation = await client.league("123")
    assert observation.observed_at == NOW
    assert observation.body is not None
    assert (observation.body.league_id, str(observation.body.bracket_id)) == ("123", "1199102384316362753")


@pytest.mark.quirk("2.1")
@pytest.mark.parametrize(
    ("age", "seconds"), [("0", 0), ("300", 300), ("-5", 0), ("soon", 0), ("99999999999", 0)]
)
async def test_what_a_cache_has_held_for_a_while_was_said_a_while_ago(age, seconds):
    async with client_of(Script(ok(age=age))) as client:
        observation = await client.league("123")
    assert observation.observed_at == NOW - timedelta(seconds=seconds)


@pytest.mark.quirk("2.1")
@pytest.mark.parametrize("step", [ok(b"null"), error(404, b"null"), error(404, b""), error(404, b" null\n")])
async def test_an_unknown_id_is_an_empty_observation_however_sleeper_says_it(step):
    async with client_of(Script(step)) as client:
        assert (await client.league("123")).body is None


async def test_a_whole_transfer_of_half_a_body_is_invalid_and_not_tried_again():
    script = Script(ok(LEAGUE[:-10]))
    async with client_of(script) as client:
        with pytest.raises(ResponseInvalid) as caught:
            await client.league("123")
    assert (caught.value.field, caught.value.body) == ("$", LEAGUE[:-10])
    assert caught.value.content_type == "application/json; charset=utf-8"
    assert len(script.requests) == 1


async def test_a_league_object_of_another_league_is_invalid():
    async with client_of(Script(ok())) as client:
        with pytest.raises(ResponseInvalid, match="another league") as caught:
            await client.league("124")
    assert (caught.value.field, caught.value.body) == ("$.league_id", LEAGUE)


@pytest.mark.parametrize(
    ("rows", "field"),
    [
        (
            b'[{"transaction_id":"1","type":"trade","status":"complete","leg":9223372036854775808}]',
            "$[0].leg",
        ),
        (
            b'[{"transaction_id":"1","type":"trade","status":"complete","adds":{"17":-9e30}}]',
            "$[0].adds[...]",
        ),
        (b'[{"transaction_id":"1\\u0000","type":"trade","status":"complete"}]', "$[0].transaction_id"),
    ],
)
async def test_what_no_database_holds_is_refused_by_its_field(rows, field):
    async with client_of(Script(ok(rows))) as client:
        with pytest.raises(ResponseInvalid) as caught:
            await client.transactions("123", 1)
    assert caught.value.field == field


@pytest.mark.quirk("2.1")
async def test_a_page_instead_of_json_is_invalid_and_says_what_it_is():
    script = Script((200, b"<!DOCTYPE html><p>busy", {"content-type": "text/html"}))
    async with client_of(script) as client:
        with pytest.raises(ResponseInvalid, match=r"at \$: it is not JSON but text/html"):
            await client.rosters("123")


@pytest.mark.quirk("2.1")
async def test_a_body_with_an_etag_is_asked_for_conditionally_and_reused():
    script = Script(ok(etag='W/"a"'), error(304))
    async with client_of(script) as client:
        first = await client.league("123")
        second = await client.league("123")
    assert second.body is first.body
    assert script.requests[1]["if-none-match"] == 'W/"a"'


async def test_a_fresh_observation_sends_no_validator():
    script = Script(ok(etag='"a"'), ok(b'{"league_id":"123","name":"New"}', etag='"b"'), error(304))
    async with client_of(script) as client:
        await client.league("123")
        fresh = await client.league("123", fresh=True)
        again = await client.league("123")
    assert "if-none-match" not in script.requests[1]
    assert script.requests[2]["if-none-match"] == '"b"'
    assert fresh.body is not None
    assert fresh.body.name == "New"
    assert again.body is fresh.body


@pytest.mark.quirk("2.1")
async def test_an_etag_that_stops_coming_is_not_sent_again():
    script = Script(ok(etag='"a"'), ok(), ok())
    async with client_of(script) as client:
        for _ in range(3):
            await client.league("123")
    assert "if-none-match" in script.requests[1]
    assert "if-none-match" not in script.requests[2]


async def test_not_modified_without_a_validator_is_asked_again():
    script = Script(error(304), ok())
    async with client_of(script) as client:
        assert (await client.league("123")).body is not None
    assert len(script.requests) == 2


async def test_a_body_that_did_not_decode_is_not_remembered():
    script = Script(ok(b"[]", etag='"a"'), ok())
    async with client_of(script) as client:
        with pytest.raises(ResponseInvalid):
            await client.league("123")
        await client.league("123")
    assert "if-none-match" not in script.requests[1]


@pytest.mark.parametrize("week", [-1, 31])
async def test_a_week_that_is_none_is_refused_before_any_call(week):
    script = Script(ok())
    async with client_of(script) as client:
        with pytest.raises(InvalidInput) as matchups:
            await client.matchups("123", week)
        with pytest.raises(InvalidInput) as transactions:
            await client.transactions("123", week)
    assert (matchups.value.field, transactions.value.field) == ("week", "leg")
    assert script.requests == []
