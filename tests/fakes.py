"""Stand-ins for the ports, kept in memory, for tests of the application alone."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from application.commands.sync_runs import SyncRun
from application.ports import ANY_VERSION, Observation, StreamAppended, StreamWrite
from domain import codec
from domain.brackets.observation import Bracket
from domain.errors import PartlyRecorded, ResponseInvalid, SleeperError, WrongExpectedVersion
from domain.event import EVENT_TYPES, RecordedEvent
from domain.feeds.observation import Feed
from domain.feeds.period import Period, SeasonType
from domain.moment import Moment
from domain.trending.observation import Trend

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class FixedClock:
    def __init__(self, now: datetime = NOW) -> None:
        self.time = now

    def now(self) -> datetime:
        return self.time


class InMemoryEventLog:
    """Only what the commands use: appends with expected versions, and reads of whole streams."""

    def __init__(self) -> None:
        self.events: list[RecordedEvent] = []
        self.before_append: list[Any] = []
        """Callables run before the next appends, one each: for races and failures."""

    async def append(self, *writes: StreamWrite) -> Sequence[StreamAppended]:
        if self.before_append:
            await self.before_append.pop(0)()
        known = {event.id: event for event in self.events}
        if all(new.id in known for write in writes for new in write.events):
            return [
                StreamAppended(
                    w.stream, known[w.events[-1].id].version, known[w.events[-1].id].position, True
                )
                for w in writes
            ]
        if any(new.id in known for write in writes for new in write.events):
            raise PartlyRecorded(tuple(write.stream for write in writes))
        for write in writes:
            actual = self._version(write.stream)
            if write.expected_version not in (ANY_VERSION, actual):
                raise WrongExpectedVersion(write.stream, write.expected_version, actual)
        return [self._append(write) for write in writes]

    def _append(self, write: StreamWrite) -> StreamAppended:
        for new in write.events:
            name = type(new.event).__name__
            version = EVENT_TYPES[name].version
            self.events.append(
                RecordedEvent(
                    position=len(self.events) + 1,
                    stream=write.stream,
                    version=self._version(write.stream) + 1,
                    id=new.id,
                    type=name,
                    schema_version=version,
                    topic=new.event.topic,
                    event=codec.decode(name, version, codec.encode(new.event)),
                    metadata=new.metadata,
                    recorded_at=NOW,
                )
            )
        return StreamAppended(write.stream, self._version(write.stream), len(self.events), False)

    def _version(self, stream: str) -> int:
        return sum(event.stream == stream for event in self.events)

    async def head(self) -> int:
        return len(self.events)

    async def read_streams(
        self, after: Mapping[str, int], *, until: Moment | None = None
    ) -> dict[str, list[RecordedEvent]]:
        await asyncio.sleep(0)
        found: dict[str, list[RecordedEvent]] = {}
        for event in self.events:
            wanted = event.version > after.get(event.stream, event.version)
            if wanted and (until is None or until.includes(event)):
                found.setdefault(event.stream, []).append(event)
        return found


class ScriptedSleeper:
    """Answers from ``bodies`` by endpoint (``league``, ``rosters``, ``matchups/3``); errors are raised.

    ``rosters/<league id>`` answers for that league alone.
    """

    def __init__(self, **bodies: Any) -> None:
        self.bodies: dict[str, Any] = bodies
        self.calls: list[tuple[str, bool]] = []
        self.clock = FixedClock()

    async def _answer(self, endpoint: str, fresh: bool) -> Observation[Any]:
        self.calls.append((endpoint, fresh))
        await asyncio.sleep(0)
        body = self.bodies.get(endpoint)
        if isinstance(body, SleeperError):
            raise body
        return Observation(f"v1/{endpoint}", self.clock.now(), body)

    async def nfl_state(self, *, fresh: bool = False) -> Observation[Any]:
        return await self._answer("state", fresh)

    async def players(self) -> Observation[Any]:
        return await self._answer("players/nfl", fresh=False)

    async def trending(self, trend: Trend) -> Observation[Any]:
        return await self._answer(f"players/nfl/trending/{trend}", fresh=False)

    async def lines(self, feed: Feed, period: Period) -> Observation[Any]:
        return await self._answer(f"{feed}/{period.season}/{period.week}", fresh=False)

    async def schedule(self, season: str, season_type: SeasonType) -> Observation[Any]:
        return await self._answer(f"schedule/{season_type}/{season}", fresh=False)

    async def league(self, league_id: str, *, fresh: bool = False) -> Observation[Any]:
        return await self._answer("league", fresh)

    async def members(self, league_id: str, *, fresh: bool = False) -> Observation[Any]:
        return await self._answer("members", fresh)

    async def rosters(self, league_id: str, *, fresh: bool = False) -> Observation[Any]:
        of_another = f"rosters/{league_id}"
        return await self._answer(of_another if of_another in self.bodies else "rosters", fresh)

    async def matchups(self, league_id: str, week: int, *, fresh: bool = False) -> Observation[Any]:
        return await self._answer(f"matchups/{week}", fresh)

    async def transactions(self, league_id: str, leg: int, *, fresh: bool = False) -> Observation[Any]:
        return await self._answer(f"transactions/{leg}", fresh)

    async def bracket(self, league_id: str, bracket: Bracket, *, fresh: bool = False) -> Observation[Any]:
        return await self._answer(f"{bracket}_bracket", fresh)

    async def traded_picks(self, league_id: str, *, fresh: bool = False) -> Observation[Any]:
        return await self._answer("traded_picks", fresh)

    async def user(self, user: str, *, fresh: bool = False) -> Observation[Any]:
        return await self._answer(f"user/{user}", fresh)

    async def user_leagues(self, user_id: str, season: str, *, fresh: bool = False) -> Observation[Any]:
        return await self._answer(f"user/{user_id}/leagues/{season}", fresh)

    async def user_drafts(self, user_id: str, season: str, *, fresh: bool = False) -> Observation[Any]:
        return await self._answer(f"user/{user_id}/drafts/{season}", fresh)

    async def drafts(self, league_id: str, *, fresh: bool = False) -> Observation[Any]:
        return await self._answer("drafts", fresh)

    async def draft(self, draft_id: str, *, fresh: bool = False) -> Observation[Any]:
        return await self._answer(f"draft/{draft_id}", fresh)

    async def draft_picks(self, draft_id: str, *, fresh: bool = False) -> Observation[Any]:
        return await self._answer(f"draft/{draft_id}/picks", fresh)

    async def draft_traded_picks(self, draft_id: str, *, fresh: bool = False) -> Observation[Any]:
        return await self._answer(f"draft/{draft_id}/traded_picks", fresh)


class RememberedTimes:
    def __init__(self) -> None:
        self.times: dict[str, datetime] = {}

    async def last(self, path: str) -> datetime | None:
        return self.times.get(path)

    async def note(self, path: str, observed_at: datetime) -> None:
        self.times[path] = max(observed_at, self.times.get(path, observed_at))


class KeptBodies:
    def __init__(self) -> None:
        self.errors: list[ResponseInvalid] = []

    async def keep(self, error: ResponseInvalid, *, observed_at: datetime) -> int:
        self.errors.append(error)
        return len(self.errors)


class RememberedRuns:
    def __init__(self) -> None:
        self.runs: dict[UUID, SyncRun] = {}

    async def save(self, run: SyncRun) -> None:
        self.runs[run.id] = run

    async def load(self, run_id: UUID) -> SyncRun | None:
        return self.runs.get(run_id)
