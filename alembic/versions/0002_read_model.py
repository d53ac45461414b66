"""The tables that projections fill: they can be thrown away and rebuilt from the log."""

from __future__ import annotations

from pathlib import Path

from infrastructure.postgres.migrate import run_script

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    run_script(Path(__file__).with_suffix(".sql"))
