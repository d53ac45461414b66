"""``python -m tests.golden.regenerate`` adds to the golden files what is new; it changes nothing that is there.

Lines of versions that are no longer current stay: the log still holds such events.
"""

from __future__ import annotations

import sys

from application.projections.catalogue import PROJECTORS
from tests.golden.lines import GOLDEN, golden_lines, regenerated
from tests.golden.projectors import GOLDEN_PROJECTORS, check, golden_projectors, handled, written
from tests.golden.samples import SAMPLES


def main() -> None:
    """Write both files, or neither.

    Raises:
        ValueError: what is there would change; the message says what to raise.
    """
    lines = regenerated(golden_lines(), SAMPLES)
    check(golden_projectors(), handled(PROJECTORS))
    GOLDEN.write_text("\n".join(lines.values()) + "\n", encoding="utf-8")
    GOLDEN_PROJECTORS.write_text(written(handled(PROJECTORS)), encoding="utf-8")


if __name__ == "__main__":
    try:
        main()
    except ValueError as refused:
        sys.exit(str(refused))
