"""``gamefilm simulate`` as its users run it."""

from __future__ import annotations

from tests.cli import environment, gamefilm


async def test_an_unknown_format_is_refused_with_those_that_exist() -> None:
    done = await gamefilm("simulate", "--format", "bingo", environ=environment())
    assert done.code != 0
    assert "format: 'bingo' is no format." in done.err
    assert "redraft" in done.err


async def test_a_wrong_time_is_refused() -> None:
    done = await gamefilm("simulate", "--at", "soon", environ=environment())
    assert done.code != 0
    assert "at: 'soon' is no time." in done.err
