"""How a command ends: the one place that turns errors into exit codes and into words."""

from __future__ import annotations

import os
import re
import sys
import traceback
from enum import IntEnum
from typing import Final

import msgspec

from domain import errors
from interfaces.cli.text import clean, console


class ExitCode(IntEnum):
    """What the exit codes of ``gamefilm`` mean."""

    DONE = 0
    INCOMPLETE = 1
    USAGE = 2
    NOT_FOUND = 3
    SLEEPER = 4
    ENGINES = 5
    CONFIGURATION = 6
    DEFECT = 70
    INTERRUPTED = 130
    BROKEN_PIPE = 141


EXIT_CODES: Final = """\
Exit codes:

  0    done
  1    done, but something failed: an endpoint of a sync, or a projection
  2    wrong usage
  3    not found: the league or the user does not exist
  4    Sleeper cannot be reached
  5    the database or the embedded engines cannot be used
  6    configuration: a port is taken, an address refused, a setting wrong
  70   a mistake in Gamefilm itself
  130  interrupted (143 by SIGTERM, 129 by SIGHUP, 141 by the end of a pipe)"""

_UPPER_CASE: Final = re.compile(r"(?<!^)(?=[A-Z])")

# The first kind that an error is decides.
_CODES: Final[tuple[tuple[type[errors.GamefilmError], ExitCode], ...]] = (
    (errors.InvalidInput, ExitCode.USAGE),
    (errors.NotFound, ExitCode.NOT_FOUND),
    (errors.FeedsDisabled, ExitCode.CONFIGURATION),
    (errors.SleeperError, ExitCode.SLEEPER),
    (errors.LogError, ExitCode.ENGINES),
    (errors.EngineError, ExitCode.ENGINES),
    (errors.ConfigurationError, ExitCode.CONFIGURATION),
)


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An error for scripts: an RFC 9457 problem object with the remedy and the exit code."""

    type: str
    title: str
    detail: str
    remedy: str = ""
    field: str | None = None
    url: str | None = None
    exit_code: int


class Interrupted(Exception):
    """A signal ended the command."""

    def __init__(self, number: int) -> None:
        super().__init__(f"signal {number}")
        self.code = 128 + number


def exit_code(error: BaseException) -> int:
    """The code to leave with because of ``error``."""
    if isinstance(error, Interrupted):
        return error.code
    if isinstance(error, KeyboardInterrupt):
        return ExitCode.INTERRUPTED
    if isinstance(error, BrokenPipeError):
        return ExitCode.BROKEN_PIPE
    if not isinstance(error, errors.GamefilmError):
        return ExitCode.DEFECT
    return next((code for kind, code in _CODES if isinstance(error, kind)), ExitCode.INCOMPLETE)


def first_error(error: BaseException) -> BaseException:
    """What to tell of a group that failed together: one of our own errors where there is one."""
    if not isinstance(error, BaseExceptionGroup):
        return error
    found = [first_error(inner) for inner in error.exceptions]
    return next((inner for inner in found if isinstance(inner, errors.GamefilmError)), found[0])


def report(error: BaseException, *, as_json: bool = False) -> int:
    """Say on standard error what went wrong and what to do about it; return the exit code."""
    error = first_error(error)
    code = exit_code(error)
    if isinstance(error, BrokenPipeError):
        _forget_output()
    elif not isinstance(error, Interrupted | KeyboardInterrupt):
        _tell(error, code, as_json=as_json)
    return code


def _tell(error: BaseException, code: int, *, as_json: bool) -> None:
    if os.environ.get("GAMEFILM_LOG_LEVEL", "").lower() == "debug":
        traceback.print_exception(error, file=sys.stderr)
    if as_json:
        print(msgspec.json.encode(problem_of(error, code)).decode(), file=sys.stderr)
    else:
        _print(*_in_words(error))


def _in_words(error: BaseException) -> tuple[str, str]:
    """What is wrong, and what to do about it."""
    if isinstance(error, errors.GamefilmError):
        return error.message, error.remedy
    return (
        f"Gamefilm failed unexpectedly: {type(error).__name__}: {error}",
        "This is a mistake in Gamefilm. GAMEFILM_LOG_LEVEL=debug shows where it happened.",
    )


def problem_of(error: BaseException, code: int) -> Problem:
    """The error as a problem object; type and title are those of the HTTP interface where it has them."""
    from interfaces.http.problems import KINDS, TYPE_PREFIX

    kind = next((KINDS[cls] for cls in type(error).__mro__ if cls in KINDS), None)
    detail, remedy = _in_words(error)
    return Problem(
        type=TYPE_PREFIX + (kind.slug if kind else _UPPER_CASE.sub("-", type(error).__name__).lower()),
        title=kind.title if kind else type(error).__name__,
        detail=detail,
        remedy=remedy,
        field=getattr(error, "field", None),
        url=getattr(error, "url", None),
        exit_code=code,
    )


def _print(detail: str, remedy: str) -> None:
    to = console(sys.stderr)
    to.print("error: ", style="bold red", end="")
    to.print(clean(detail), soft_wrap=True)
    if remedy:
        to.print(clean(remedy), soft_wrap=True)


def _forget_output() -> None:
    """Nobody reads any more: what Python still holds for them must not raise at the exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
