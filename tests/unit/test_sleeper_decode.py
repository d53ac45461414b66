from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.brackets.observation import BracketGame
from domain.errors import InvalidInput, ResponseInvalid
from domain.league.observation import League
from domain.matchups.observation import MatchupRow
from domain.rosters.observation import Roster
from infrastructure.sleeper.client import decode, league_path
from infrastructure.sleeper.transport import Answer

URL = "http://sleeper/v1/league/1/rosters"
ROSTERS = tuple[Roster, ...]


def answer(body: bytes, content_type: str = "application/json; charset=utf-8") -> Answer:
    return Answer(200, body, None, content_type)


@pytest.mark.parametrize(
    ("body", "field", "reason"),
    [
        (b'[{"roster_id":1},{"roster_id":"2"}]', "$[1].roster_id", "Expected `int`, got `str`"),
        (b'[{"roster_id":1,"players":["a",3]}]', "$[0].players[1]", "Expected `str`, got `int`"),
        (b'[{"owner_id":"1"}]', "$[0]", "missing required field `roster_id`"),
        (b'[{"roster_id":1,"settings":{"wins":1e999}}]', "$[0].settings[...]", "out of range"),
        (b'{"error":"no"}', "$", "Expected `array | null`, got `object`"),
        (b'[{"roster_id":1', "$", "it is not JSON (Input data was truncated)"),
        (b"", "$", "it is not JSON"),
        (b'[{"roster_id":1,"settings":{"wins":NaN}}]', "$", "it is not JSON"),
        (b'[{"roster_id":1,"owner_id":"\xff\xfe"}]', "$", "it is not JSON"),
        (b'[{"roster_id":1,"settings":{"a":' + b"[" * 100_000, "$", "it is not JSON"),
    ],
)
def test_a_body_that_does_not_decode_names_its_first_wrong_field(body, field, reason):
    with pytest.raises(ResponseInvalid) as caught:
        decode(URL, answer(body), ROSTERS)
    assert caught.value.field == field
    assert reason in caught.value.reason
    assert caught.value.body == body
    assert caught.value.url == URL


@pytest.mark.quirk("2.1")
def test_an_html_page_is_told_by_its_content_type():
    with pytest.raises(ResponseInvalid, match=r"at \$: it is not JSON but text/html") as caught:
        decode(URL, answer(b"<html>busy</html>", "text/html; charset=UTF-8"), ROSTERS)
    assert caught.value.content_type == "text/html; charset=UTF-8"


@pytest.mark.quirk("2.1")
def test_null_decodes_to_nothing():
    assert decode(URL, answer(b"null"), ROSTERS) is None


@pytest.mark.quirk("2.1")
def test_ids_beyond_53_bits_are_exact():
    body = b'{"league_id":"1199102384316362753","bracket_id":1199102384316362755}'
    league = decode(URL, answer(body), League)
    assert league is not None
    assert league.league_id == "1199102384316362753"
    assert str(league.bracket_id) == "1199102384316362755"


def test_a_key_that_cannot_be_is_told_by_the_place_of_its_object():
    with pytest.raises(ResponseInvalid) as caught:
        decode(URL, answer(b'[{"r":1,"m":1,"t1_from":{"\\u0000":1}}]'), tuple[BracketGame, ...])
    assert caught.value.field == "$[0].t1_from"


@pytest.mark.quirk("2.2")
def test_fields_that_we_do_not_know_are_passed_over():
    rows = decode(
        URL, answer(b'[{"roster_id":1,"matchup_id":null,"brand_new":{"a":[1]}}]'), tuple[MatchupRow, ...]
    )
    assert rows == (MatchupRow(roster_id=1),)


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_that_the_response_is_invalid(body):
    with suppress(ResponseInvalid):
        decode(URL, answer(body), ROSTERS)


@pytest.mark.quirk("2.1")
@pytest.mark.parametrize("league_id", ["", "abc", "12/../../x", "1" * 21, "-1", "1 ", "٣", "1\n", "²"])
def test_an_id_that_is_no_number_is_refused_before_any_call(league_id):
    with pytest.raises(InvalidInput) as caught:
        league_path(league_id)
    assert caught.value.field == "league_id"
