"""The examples of answers in the API's description are what the service answers."""

from __future__ import annotations

from pathlib import Path

from infrastructure.settings import Settings
from interfaces.http.app import routes
from interfaces.http.documentation import describe, operations
from interfaces.http.examples import RECORDED, answers
from tests.examples.recording import record, written
from tests.serving import settings_for


async def test_the_examples_are_what_the_service_answers(
    database_url: str, valkey_url: str, tmp_path: Path
) -> None:
    """Where this fails, the API or what the simulator tells has changed: ``make examples`` records it anew."""
    settings: Settings = settings_for(database_url, valkey_url, "", tmp_path)
    assert await record(settings) == answers()


def test_the_file_is_as_the_generator_writes_it_and_names_only_what_is_described() -> None:
    described = {operation["operationId"] for _, _, operation in operations(describe(routes()))}
    assert RECORDED.read_text(encoding="utf-8") == written(answers())
    assert set(answers()) == described
    assert "127.0.0.1:" not in RECORDED.read_text(encoding="utf-8")
