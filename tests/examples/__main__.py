"""``python -m tests.examples`` writes the examples of answers anew; ``make examples`` does the same."""

from __future__ import annotations

import asyncio

from infrastructure.settings import Settings
from interfaces.http.examples import RECORDED
from tests.engines import scratch_folder
from tests.examples.recording import record, written


async def main() -> None:
    with scratch_folder() as folder:
        settings = Settings(data_dir=folder / "data", calls_per_minute=None)
        RECORDED.write_text(written(await record(settings)), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
