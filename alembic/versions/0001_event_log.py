"""The event log, and the tables that the service keeps beside it.

The file's number is the revision: `migrate` compares it with the database without importing alembic.
"""

from __future__ import annotations

from pathlib import Path

from infrastructure.postgres.migrate import run_script

revision = "0001"
down_revision = None


def upgrade() -> None:
    run_script(Path(__file__).with_suffix(".sql"))
