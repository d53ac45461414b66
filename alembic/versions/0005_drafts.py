"""The read tables of drafts."""

from __future__ import annotations

from pathlib import Path

from infrastructure.postgres.migrate import run_script

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    run_script(Path(__file__).with_suffix(".sql"))
