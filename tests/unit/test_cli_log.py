"""How ``log verify`` takes digests and tells what it found."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from application.log.verify import LogVerification
from domain.errors import InvalidInput
from domain.log.faults import Fault
from interfaces.cli.log import known_digests, print_verification

DIGEST = "0123456789abcdef" * 4


def verified(*faults: Fault, count: int | None = None, sealed: int = 7) -> LogVerification:
    return LogVerification(
        position=1200,
        digest=DIGEST,
        events=1200,
        streams=1,
        seals=1 if sealed else 0,
        sealed=sealed,
        sealed_at=datetime(2026, 11, 22, tzinfo=UTC) if sealed else None,
        unknown={"YetUnknown": 2},
        fault_count=len(faults) if count is None else count,
        faults=faults,
    )


def test_digests_are_read_as_they_are_printed():
    known = known_digests([f"7:{DIGEST}", f"0:{DIGEST.upper()}", f"7:{DIGEST}"])
    assert known == {7: bytes.fromhex(DIGEST), 0: bytes.fromhex(DIGEST)}


def test_two_digests_of_one_position_are_refused():
    with pytest.raises(InvalidInput, match="two of position 7"):
        known_digests([f"7:{DIGEST}", f"7:{'0' * 64}"])


def test_what_was_checked_is_told(capsys):
    print_verification(verified(), compared=2)
    shown, wrong = capsys.readouterr()
    assert shown.splitlines()[0] == "1,200 events in 1 stream, up to position 1200."
    assert "2 events of type YetUnknown, which this release does not know." in shown
    assert "1 seal up to position 7, of " in shown
    assert "; 1,193 events behind the last one." in shown
    assert "2 given digests compared." in shown
    assert f"Digest  1200:{DIGEST}" in shown
    assert wrong == ""


def test_a_log_that_was_never_sealed_is_said_to_be_so(capsys):
    print_verification(verified(sealed=0), compared=0)
    assert "It was never sealed" in capsys.readouterr().out


def test_faults_are_told_with_the_remedies_that_they_share(capsys):
    faults = [Fault(check="times", position=n, what=f"fault {n}", remedy="Do this.") for n in (3, 4)]
    stream = Fault(check="versions", stream="a-1", what="fault 5", remedy="Do that.")
    print_verification(verified(*faults, stream, count=9), compared=0)
    shown, wrong = capsys.readouterr()
    assert "whole" not in shown
    assert wrong.splitlines() == [
        "9 faults:",
        "  times      position 3: fault 3",
        "  times      position 4: fault 4",
        "  versions   fault 5",
        "  and 6 more",
        "Do this.",
        "Do that.",
    ]
