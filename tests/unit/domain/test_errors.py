from __future__ import annotations

import inspect

import pytest

from domain import errors
from domain.errors import GamefilmError

ARGUMENTS = {
    "field": "league_id",
    "message": "Something is wrong.",
    "league_id": "7",
    "run_id": "run-1",
    "stream": "league-7",
    "streams": ("league-7", "rosters-7"),
    "expected": 3,
    "actual": 5,
    "event_type": "LeagueRenamed",
    "schema_version": 2,
    "reason": "it is odd",
    "wanted": 9,
    "reached": 4,
    "url": "https://sleeper.example/v1/league/7",
    "status": 503,
    "limit": 1024,
    "body": b"<html>",
    "content_type": "text/html",
}
ERRORS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, GamefilmError)]


def made(kind: type[GamefilmError]) -> GamefilmError:
    parameters = inspect.signature(kind).parameters.values()
    positional = [each for each in parameters if each.default is inspect.Parameter.empty]
    return kind(*(ARGUMENTS.get(each.name, each.name) for each in positional))


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_an_error_says_what_is_wrong_and_what_to_do(kind):
    error = made(kind)
    assert str(error) == f"{error.message} {error.remedy}".rstrip()
    assert error.message


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_an_error_keeps_what_it_was_made_of(kind):
    error = made(kind)
    for name in vars(error).keys() & inspect.signature(kind).parameters.keys() - {"message", "remedy"}:
        assert getattr(error, name) in (ARGUMENTS.get(name, name), None)


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_the_tree_at_the_top_of_the_module_names_every_error(kind):
    assert errors.__doc__ is not None
    assert kind.__name__ in errors.__doc__


def test_a_remedy_can_be_replaced():
    assert errors.LeagueNotFound("7", remedy="Ask Ann.").remedy == "Ask Ann."
    assert errors.SleeperRefused("u", 404, remedy="Go home.").remedy == "Go home."
