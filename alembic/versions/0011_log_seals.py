"""Digests of the log, by which it shows when something in it was altered."""

from __future__ import annotations

from pathlib import Path

from infrastructure.postgres.migrate import run_script

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    run_script(Path(__file__).with_suffix(".sql"))
