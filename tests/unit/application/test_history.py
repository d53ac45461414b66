"""The past is folded from snapshots and the events behind them, to what a fold of all events says."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from application.history import aggregates, snapshots
from application.history.aggregates import Aggregate
from application.history.history import History
from application.history.snapshots import Snapshot, spacing
from application.ports import ANY_VERSION, StreamWrite
from domain.event import Event, Metadata
from domain.moment import AtPosition, AtTime, Moment
from domain.rosters import events as ro
from domain.rosters.observation import Roster
from tests.fakes import NOW, InMemoryEventLog
from tests.sample_events import new

STREAM = "rosters-7"
TEAM = {"league_id": "7", "roster_id": 1}


class MemorySnapshots:
    """Snapshots in a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, int], Snapshot] = {}
        self.discards: list[Collection[str]] = []

    async def newest(self, shapes: Mapping[str, str], moment: Moment) -> Mapping[str, Snapshot]:
        found: dict[str, Snapshot] = {}
        for (stream, _), snapshot in sorted(self.kept.items()):
            within = (
                snapshot.position <= moment.position
                if isinstance(moment, AtPosition)
                else snapshot.observed_at <= moment.time
            )
            if within and shapes.get(stream) == snapshot.shape:
                found[stream] = snapshot
        return found

    async def save(self, snapshots: Sequence[Snapshot]) -> None:
        self.kept.update({(each.stream, each.version): each for each in snapshots})

    async def discard_others(self, shapes: Collection[str]) -> int:
        self.discards.append(shapes)
        return 0


async def log_of(*steps: tuple[Event, int, int]) -> InMemoryEventLog:
    """Events with the hours, from now on, when each was observed and when it happened."""
    log = InMemoryEventLog()
    for event, observed, occurred in steps:
        metadata = Metadata(
            occurred_at=NOW + timedelta(hours=occurred),
            observed_at=NOW + timedelta(hours=observed),
            correlation_id="test",
        )
        await log.append(StreamWrite(STREAM, ANY_VERSION, [new(event, metadata=metadata)]))
    return log


REGISTERED = ro.RosterRegistered(**TEAM, roster=Roster(roster_id=1, players=()))


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[Event, int, int]]:
    """A team that players join, each observed some hours after it happened."""
    hours = sorted(draw(st.lists(st.integers(1, 40), max_size=30)))
    delays = draw(st.lists(st.integers(0, 20), min_size=len(hours), max_size=len(hours)))
    return [
        (REGISTERED, 0, 0),
        *(
            (ro.PlayerAddedToRoster(**TEAM, player_id=str(place)), hour, hour - delay)
            for place, (hour, delay) in enumerate(zip(hours, delays, strict=True))
        ),
    ]


moments = st.one_of(
    st.builds(AtPosition, st.integers(0, 32)),
    st.builds(AtTime, st.integers(-5, 45).map(lambda hour: NOW + timedelta(hours=hour)), st.booleans()),
)


@given(told=histories(), asked=st.lists(moments, min_size=1, max_size=6))
async def test_snapshots_change_no_answer(told, asked):
    log = await log_of(*told)
    with_snapshots, every = History(log, MemorySnapshots()), snapshots.EVERY
    try:
        for moment in asked:
            snapshots.EVERY = 3  # type: ignore[misc]
            short = await with_snapshots.at(moment).state(STREAM, aggregates.ROSTERS)
            snapshots.EVERY = 10_000  # type: ignore[misc]
            whole = await History(log, MemorySnapshots()).at(moment).state(STREAM, aggregates.ROSTERS)
            assert short == whole
    finally:
        snapshots.EVERY = every  # type: ignore[misc]


async def test_a_snapshot_of_another_shape_is_not_used():
    log, snapshots = await log_of((REGISTERED, 0, 0)), MemorySnapshots()
    await snapshots.save(
        [Snapshot(stream=STREAM, shape="old", version=1, position=1, observed_at=NOW, state=b"broken")]
    )
    state = await History(log, snapshots).at(AtPosition(1)).state(STREAM, aggregates.ROSTERS)
    assert list(state.teams) == [1]


async def test_the_first_snapshot_of_a_process_throws_away_those_of_other_releases(monkeypatch):
    monkeypatch.setattr(snapshots, "EVERY", 2)
    added = [(ro.PlayerAddedToRoster(**TEAM, player_id=str(n)), n, n) for n in range(1, 6)]
    log, kept = await log_of((REGISTERED, 0, 0), *added), MemorySnapshots()
    history = History(log, kept)
    await history.at(AtPosition(1)).state(STREAM, aggregates.ROSTERS)
    assert kept.discards == []
    for position in (3, 6):
        await history.at(AtPosition(position)).state(STREAM, aggregates.ROSTERS)
    assert [version for _, version in kept.kept] == [2, 4, 6]
    [shapes] = kept.discards
    assert set(shapes) == {each.shape for each in vars(aggregates).values() if isinstance(each, Aggregate)}


@given(st.integers(1, 10_000_000))
def test_a_stream_has_few_snapshots_and_its_past_is_near_one_of_them(version):
    apart = spacing(version)
    assert version // apart <= snapshots.MOST
    assert apart == snapshots.EVERY or apart * 16 <= version
    assert (
        apart % spacing(max(1, version - apart)) == 0
    )  # what a longer stream keeps, a shorter one had taken


async def test_a_move_that_happened_before_its_team_was_first_seen_changes_nothing():
    log = await log_of((REGISTERED, 5, 5), (ro.PlayerAddedToRoster(**TEAM, player_id="17"), 6, 1))
    then = History(log, MemorySnapshots()).at(AtTime(NOW + timedelta(hours=2)))
    assert await then.state(STREAM, aggregates.ROSTERS) == aggregates.PastRosters()
    later = History(log, MemorySnapshots()).at(AtTime(NOW + timedelta(hours=5)))
    assert (await later.state(STREAM, aggregates.ROSTERS)).teams[1].players == ("17",)
