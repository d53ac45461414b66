"""A sync is told in words, as many as a reader takes."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from rich.progress import Progress

from application.commands.sync_league import Change, SyncFailure, SyncProgress, SyncReport, SyncType
from application.commands.sync_leagues import LeaguesProgress
from interfaces.cli import sync, sync_many, text
from interfaces.cli.changes import MOST_LINES
from interfaces.cli.sync import print_report

FAILURE = SyncFailure(
    url="http://x/v1/league/1/rosters",
    message="http://x/v1/league/1/rosters: the body does not decode at $[3].players: expected array.",
    remedy="Nothing of this body was recorded.",
    field="$[3].players",
    rejected_body=7,
)


def changes(number: int, kind: str = "MemberLeft") -> list[Change]:
    return [Change(position=n, type=kind, text=f"change {n}") for n in range(1, number + 1)]


def report(**fields: Any) -> SyncReport:
    events = len(fields.get("changes", ()))
    known: dict[str, Any] = {
        "success": not fields.get("errors"),
        "league_id": "1",
        "sync_type": SyncType.INCREMENTAL,
        "records_updated": events,
        "events": events,
        "duration_ms": 1234,
        "position": 99,
        "errors": [],
        "absent": [],
        "changes": [],
    }
    return SyncReport(**{**known, **fields})


@pytest.fixture
def on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    def terminal():
        made = text.out()
        made._force_terminal = True
        return made

    monkeypatch.setattr(sync, "out", terminal)


def test_nothing_changed_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    print_report(report())
    assert capsys.readouterr().out == "Nothing changed in 1.2 s; the log is at position 99.\n"


def test_piped_every_change_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_report(report(changes=changes(100)))
    lines = capsys.readouterr().out.splitlines()
    assert lines[:100] == [f"change {n}" for n in range(1, 101)]
    assert lines[100:] == ["100 events on 100 records in 1.2 s; the log is at position 99."]


@pytest.mark.usefixtures("on_a_terminal")
def test_a_terminal_gets_forty_and_then_counts(capsys: pytest.CaptureFixture[str]) -> None:
    print_report(report(changes=changes(100)))
    shown = capsys.readouterr().out
    assert f"change {MOST_LINES}" in shown
    assert f"change {MOST_LINES + 1}" not in shown
    assert "60 more changes" in shown
    assert "MemberLeft" in shown


def test_a_league_seen_first_is_counted_not_listed(capsys: pytest.CaptureFixture[str]) -> None:
    first = Change(position=1, type="LeagueRegistered", text='"Mine" is followed')
    print_report(report(changes=[first, *changes(5)]))
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ['"Mine" is followed', "… and 5 more changes. In all:"]
    assert [line.split() for line in lines[2:5]] == [
        ["events", "type"],
        ["5", "MemberLeft"],
        ["1", "LeagueRegistered"],
    ]


def test_failed_endpoints_are_told_with_field_and_remedy(capsys: pytest.CaptureFixture[str]) -> None:
    print_report(report(errors=[FAILURE]))
    written = capsys.readouterr()
    assert "1 endpoint failed" in written.err
    assert "  http://x/v1/league/1/rosters\n" in written.err
    assert "    the body does not decode at $[3].players: expected array.\n" in written.err
    assert "field $[3].players; GET /sync/rejected/7 shows the body" in written.err
    assert FAILURE.remedy in written.err
    assert "failed" not in written.out


def test_each_league_has_a_bar_while_it_is_under_way() -> None:
    with Progress(console=text.console(StringIO())) as shown:
        bars = sync_many.Bars(shown)
        part = SyncProgress(3, 39, "members-7")
        bars(LeaguesProgress(done=0, total=2, league_id="7", league=part))
        bars(LeaguesProgress(done=0, total=2, league_id="8", league=part))
        assert [task.description.strip() for task in shown.tasks] == ["Leagues", "league 7", "league 8"]
        bars(LeaguesProgress(done=1, total=2, league_id="7"))
        assert [(task.completed, task.total) for task in shown.tasks] == [(1, 2), (3, 39)]
        bars(LeaguesProgress(done=2, total=3, league_id="9"))  # skipped: it never had one
        assert [(task.completed, task.total) for task in shown.tasks] == [(2, 3), (3, 39)]
