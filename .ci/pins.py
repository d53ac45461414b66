"""Write into pyproject.toml the exact version of every distribution that the project is tested with.

    python .ci/pins.py             keep the pins there are, add what is missing, drop what is not needed
    python .ci/pins.py --upgrade   forget them all first: everything becomes the newest that fits

A lock file would name the registry it was made with; these lists name versions only. Where a new requirement
does not fit a pin, uv says which: remove that line, and run this again.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

PYPROJECT = Path(__file__).parent.parent / "pyproject.toml"
BUILD_BACKEND = ("hatchling", "editables")  # editables: what hatchling asks for to build an editable install
RUNTIME, BUILD = "constraint-dependencies", "build-constraint-dependencies"


def main() -> None:
    before = PYPROJECT.read_text()
    upgrade = "--upgrade" in sys.argv[1:]
    try:
        if upgrade:
            PYPROJECT.write_text(with_list(with_list(before, RUNTIME, []), BUILD, []))
        uv("lock", *(["--upgrade"] if upgrade else []))
        after = with_list(PYPROJECT.read_text(), RUNTIME, runtime_pins())
        PYPROJECT.write_text(with_list(after, BUILD, build_pins()))
        uv("lock")
    except BaseException:
        PYPROJECT.write_text(before)
        raise


def runtime_pins() -> list[str]:
    """Everything on every platform, ``name==version``; the marker stays where a name has several versions."""
    plain = ["--no-hashes", "--no-annotate", "--no-header"]
    exported = uv("export", "--frozen", "--all-groups", "--no-emit-project", *plain)
    lines = exported.splitlines()
    names = Counter(line.partition("==")[0] for line in lines)
    return [line if names[line.partition("==")[0]] > 1 else line.partition(" ;")[0] for line in lines]


def build_pins() -> list[str]:
    """The build backend and what it needs; pins that stand are kept."""
    standing = re.search(rf"^{BUILD} = \[(.*?)\]", PYPROJECT.read_text(), re.DOTALL | re.MULTILINE)
    kept = re.findall(r'"(.+?)"', standing[1]) if standing else []
    arguments = ["--no-config", "--universal", "--python-version=3.11", "--no-header", "--no-annotate", "-"]
    return uv("pip", "compile", *arguments, given="\n".join([*BUILD_BACKEND, *kept])).splitlines()


def with_list(text: str, name: str, values: list[str]) -> str:
    """``text`` with another list under ``name``."""
    lines = "".join(f'    "{value}",\n' for value in values)
    changed, count = re.subn(
        rf"^{name} = \[.*?\]", f"{name} = [\n{lines}]", text, flags=re.DOTALL | re.MULTILINE
    )
    if count != 1:
        sys.exit(f"{PYPROJECT.name} has no list {name} under [tool.uv]")
    return changed


def uv(*arguments: str, given: str | None = None) -> str:
    done = subprocess.run(
        ["uv", *arguments], cwd=PYPROJECT.parent, input=given, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        sys.exit(done.returncode)
    return done.stdout


if __name__ == "__main__":
    main()
