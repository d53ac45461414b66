"""``gamefilm`` as a newer release would be: its projection of members has a version more.

Run as ``python -m tests.newer_release up …``. Its table has a column more, and its rows say names in capitals: so
an answer shows which release's rows it came of.
"""

from __future__ import annotations

import sys
from dataclasses import replace

from sqlalchemy import Column, Text

from application.projections import members
from application.projections.rows import Row
from domain.members.observation import Member

_row_before = members.member_row


def _row(league_id: str, member: Member) -> Row:
    row = _row_before(league_id, member)
    name = member.display_name
    return {**row, "display_name": name and name.upper(), "sort_name": name and name.casefold()}


def release() -> None:
    """Change the projector before anything else has taken it out of its module."""
    assert "application.projections.catalogue" not in sys.modules
    members.MEMBER.append_column(Column("sort_name", Text()))
    members.member_row = _row
    members.MEMBERS = replace(members.MEMBERS, version=members.MEMBERS.version + 1)


if __name__ == "__main__":
    release()
    from interfaces.cli.main import main

    sys.argv[0] = "gamefilm"
    main()
