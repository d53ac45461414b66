"""Every error has one exit code, and words that say what to do."""

from __future__ import annotations

import msgspec
import pytest

from domain import errors
from interfaces.cli.outcome import EXIT_CODES, ExitCode, Interrupted, exit_code, problem_of, report

CASES = [
    (errors.InvalidInput("league_id", "no."), 2),
    (errors.LeagueNotFound("7"), 3),
    (errors.SyncRunNotFound("7"), 3),
    (errors.SleeperUnreachable("http://x", "no answer."), 4),
    (errors.SleeperRefused("http://x", 500), 4),
    (errors.LogUnavailable("no."), 5),
    (errors.EngineError("no."), 5),
    (errors.ConfigurationError("no."), 6),
    (errors.ReadModelBehind(2, 1), 1),
    (errors.ProjectionFailed("rosters", "no"), 1),
    (Interrupted(15), 143),
    (KeyboardInterrupt(), 130),
    (BrokenPipeError(), 141),
    (ValueError("a bug"), 70),
]


@pytest.mark.parametrize(("error", "code"), CASES)
def test_each_error_has_its_exit_code(error: BaseException, code: int) -> None:
    assert exit_code(error) == code


def test_the_help_tells_every_exit_code() -> None:
    assert all(str(int(code)) in EXIT_CODES for code in ExitCode)


def test_an_error_is_told_with_its_remedy_and_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert report(errors.LeagueNotFound("7")) == 3
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.splitlines() == ["error: League 7 does not exist.", errors.LeagueNotFound.remedy]


def test_of_a_group_our_own_error_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    group = ExceptionGroup("", [ValueError(), ExceptionGroup("", [errors.EngineError("Valkey died.")])])
    assert report(group) == 5
    assert "Valkey died." in capsys.readouterr().err


def test_a_defect_says_that_it_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert report(ValueError("a bug")) == 70
    assert "mistake in Gamefilm" in capsys.readouterr().err


def chosen() -> None:
    raise errors.EngineError("no.")


def test_debug_shows_the_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GAMEFILM_LOG_LEVEL", "debug")
    with pytest.raises(errors.EngineError) as raised:
        chosen()
    report(raised.value)
    assert "in chosen" in capsys.readouterr().err


def test_for_scripts_an_error_is_a_problem_object(capsys: pytest.CaptureFixture[str]) -> None:
    report(errors.InvalidInput("topic", "no topic.", remedy="Leave it out."), as_json=True)
    told = msgspec.json.decode(capsys.readouterr().err)
    assert told == {
        "type": "urn:gamefilm:problem:invalid-input",
        "title": "A value cannot be used",
        "detail": "topic: no topic.",
        "remedy": "Leave it out.",
        "field": "topic",
        "exit_code": 2,
    }


def test_a_problem_that_http_does_not_know_is_named_after_its_error() -> None:
    assert problem_of(errors.EngineError("no."), 5).type == "urn:gamefilm:problem:engine-error"


def test_escape_codes_in_an_error_do_not_reach_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    report(errors.ConfigurationError("\x1b[2J[bold]x"))
    assert capsys.readouterr().err == "error: [2J[bold]x\n"
