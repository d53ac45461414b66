"""The past is folded from snapshots and the events behind them, to what a fold of all events says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from application.history import aggregates, history
from application.history.history import History
from application.history.snapshots import Snapshot
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
    with_snapshots, every = History(log, MemorySnapshots()), history.SNAPSHOT_EVERY
    try:
        for moment in asked:
            history.SNAPSHOT_EVERY = 3  # type: ignore[misc]
            short = await with_snapshots.at(moment).state(STREAM, aggregates.ROSTERS)
            history.SNAPSHOT_EVERY = 10_000  # type: ignore[misc]
            whole = await History(log, MemorySnapshots()).at(moment).state(STREAM, aggregates.ROSTERS)
            assert short == whole
    finally:
        history.SNAPSHOT_EVERY = every  # type: ignore[misc]


async def test_a_snapshot_of_another_shape_is_not_used():
    log, snapshots = await log_of((REGISTERED, 0, 0)), MemorySnapshots()
    await snapshots.save(
        [Snapshot(stream=STREAM, shape="old", version=1, position=1, observed_at=NOW, state=b"broken")]
    )
    state = await History(log, snapshots).at(AtPosition(1)).state(STREAM, aggregates.ROSTERS)
    assert list(state.teams) == [1]


async def test_a_move_that_happened_before_its_team_was_first_seen_changes_nothing():
    log = await log_of((REGISTERED, 5, 5), (ro.PlayerAddedToRoster(**TEAM, player_id="17"), 6, 1))
    then = History(log, MemorySnapshots()).at(AtTime(NOW + timedelta(hours=2)))
    assert await then.state(STREAM, aggregates.ROSTERS) == aggregates.PastRosters()
    later = History(log, MemorySnapshots()).at(AtTime(NOW + timedelta(hours=5)))
    assert (await later.state(STREAM, aggregates.ROSTERS)).teams[1].players == ("17",)
