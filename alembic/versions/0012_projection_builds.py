"""Builds of projections in schemas that the service makes, their dead letters, and leases.

The file's number is the revision.
"""

from __future__ import annotations

from pathlib import Path

from infrastructure.postgres.migrate import run_script

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    run_script(Path(__file__).with_suffix(".sql"))
