"""``gamefilm simulate`` as its users run it."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from infrastructure.simulator.formats import FORMATS
from tests.cli import environment, gamefilm, running


async def test_an_unknown_format_is_refused_with_those_that_exist() -> None:
    done = await gamefilm("simulate", "--format", "bingo", environ=environment())
    assert done.code != 0
    assert "format: 'bingo' is no format." in done.err
    assert "redraft" in done.err


async def test_a_wrong_time_is_refused() -> None:
    done = await gamefilm("simulate", "--at", "soon", environ=environment())
    assert done.code != 0
    assert "at: 'soon' is no time." in done.err


async def test_a_series_is_served_as_it_was_recorded(tmp_path: Path) -> None:
    file = tmp_path / "series" / "v1" / "state" / "nfl.jsonl"
    file.parent.mkdir(parents=True)
    file.write_text('{"recorded_at": "2026-09-13T12:00:00Z", "body": {"week": 1}}\n')
    arguments = ("simulate", "--series", str(tmp_path), "--port", "0", "--speed", "0")
    async with running(*arguments, environ=environment()) as command:
        url = (await command.says("SLEEPER_BASE_URL=")).partition("=")[2]
        await command.warns("Sun 13 Sep 2026 12:00 UTC")
        async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
            assert (await client.get("/v1/state/nfl")).json() == {"week": 1}
        assert await command.stop() == 0


async def test_a_folder_without_a_series_is_refused(tmp_path: Path) -> None:
    done = await gamefilm("simulate", "--series", str(tmp_path), environ=environment())
    assert done.code == 6
    assert "holds no series" in done.err


async def test_the_help_names_every_format() -> None:
    done = await gamefilm("simulate", "--help", environ=environment(COLUMNS="100"))
    assert not [name for name in FORMATS if name not in done.out]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--faults", "x", "--fault-rate", "0.1"), "--fault-rate: "),
        (("--series", "x", "--format", "idp"), "--format: "),
    ],
)
async def test_options_that_exclude_each_other_are_refused(arguments: tuple[str, ...], named: str) -> None:
    done = await gamefilm("simulate", *arguments, environ=environment())
    assert (done.code, named in done.err) == (2, True), done.err
