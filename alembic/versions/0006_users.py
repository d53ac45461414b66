"""Syncs of many leagues: users, their runs, and which seasons are recorded in full."""

from __future__ import annotations

from pathlib import Path

from infrastructure.postgres.migrate import run_script

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    run_script(Path(__file__).with_suffix(".sql"))
