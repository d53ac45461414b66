"""``demo`` on embedded engines: an invented season is played, told, kept where that is wanted, and ends."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from signal import Signals

import httpx
import pytest

from tests.cli import data_folder, environment, gamefilm, running

AT_ONCE = ("demo", "--port", "0", "--pace", "0")


@pytest.fixture
def data() -> Iterator[Path]:
    with data_folder() as folder:
        yield folder


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A folder for temporary files that must be empty at the end."""
    with data_folder() as folder:
        folder.mkdir()
        folder.chmod(0o755)
        yield folder
        assert not list(folder.iterdir())


async def test_a_bounded_run_tells_the_draft_and_the_week_and_the_next_one_goes_on(data: Path) -> None:
    environ = environment(
        DATABASE_URL="postgresql://nobody@127.0.0.1:1/no", SLEEPER_BASE_URL="http://127.0.0.1:1"
    )
    first = await gamefilm(*AT_ONCE, "--weeks", "1", "--data-dir", str(data), environ=environ)
    assert (first.code, first.err) == (0, "")
    lines = first.out.splitlines()
    assert any(line.endswith("  the draft started") for line in lines)
    (first_pick,) = [line for line in lines if "  pick 1 (round 1): " in line]
    assert first_pick.endswith("Canyon Herons took Hollis Fairbanks")
    assert any("from drafting to in season" in line for line in lines)
    assert any("won the claim of" in line for line in lines)
    assert any("went from" in line and "points" in line for line in lines)
    (closed,) = [line for line in lines if line.startswith("After week 1: 1. ")]
    assert "(1-0)" in closed
    heading = next(n for n, line in enumerate(lines) if line.startswith("place  team"))
    table = lines[heading + 1 :][:12]
    assert [line.split()[0] for line in table] == [str(place) for place in range(1, 13)]
    assert lines[-1] == "Stopped."

    again = await gamefilm(*AT_ONCE, "--weeks", "1", "--data-dir", str(data), environ=environ)
    assert again.code == 0
    assert "The season goes on where it stopped, on Tue 15 Sep 06:01." in again.out
    assert "took" not in again.out
    assert again.out.splitlines()[-2] == lines[-2]  # the same position: nothing was recorded twice


async def test_it_serves_while_it_plays_and_an_interrupt_leaves_nothing_behind(temporary: Path) -> None:
    async with running(*AT_ONCE, environ=environment(TMPDIR=str(temporary))) as command:
        league = (await command.says("/api/v1/leagues/")).split()[1]
        await command.says("pick 1 (round 1)")
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.get(league, params={"min_position": 1})
            assert (answer.status_code, answer.json()["status"]) == (200, "drafting")
        async with asyncio.timeout(30):
            assert await command.stop(Signals.SIGINT) == 0
    assert command.lines[-1] == "Stopped."


@pytest.mark.parametrize(
    ("kind", "said"), [("bingo", "format: 'bingo' is no format."), ("pickem", "there is nothing to watch")]
)
async def test_a_format_that_cannot_be_shown_is_refused_before_anything_starts(kind: str, said: str) -> None:
    done = await gamefilm("demo", "--format", kind, environ=environment())
    assert (done.code, done.out) == (2, "")
    assert said in done.err
