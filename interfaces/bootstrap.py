"""Wires the service together. The one module of the interfaces that knows the infrastructure."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from glide import TGlideClient

from application.commands.feed_syncer import FeedSyncer
from application.commands.league_syncer import LeagueSyncer
from application.commands.leagues_syncer import LeaguesSyncer
from application.commands.players_syncer import PlayersSyncer
from application.commands.sync_runs import SyncRuns
from application.commands.trending_syncer import TrendingSyncer
from application.health import Health
from application.history.history import History
from application.log.ports import StoredLog
from application.log.sealing import Sealer
from application.ports import Clock, EventLog
from application.projections.catalogue import PROJECTORS
from application.projections.progress import Progress
from application.projections.rebuilds import Rebuilds
from application.projections.runner import ProjectionRunner
from application.projections.store import ProjectionStore
from application.queries.naming import Namer
from application.read_model import ReadModel
from application.telemetry.sleeper import sleeper_called
from domain.errors import ConfigurationError, InvalidInput
from infrastructure.embedded.engines import Engines, embedded_engines
from infrastructure.listening import base_url, listen
from infrastructure.log_file import reading, writing
from infrastructure.logging import configure_logging
from infrastructure.postgres.log import PostgresEventLog
from infrastructure.postgres.migrate import migrate
from infrastructure.postgres.observation_times import PostgresObservationTimes
from infrastructure.postgres.pool import open_pool
from infrastructure.postgres.projection_store import PostgresProjectionStore
from infrastructure.postgres.read_model import PostgresReadModel
from infrastructure.postgres.rejected_bodies import PostgresRejectedBodies
from infrastructure.postgres.snapshots import PostgresSnapshots
from infrastructure.postgres.stored_log import PostgresStoredLog
from infrastructure.postgres.sync_runs import PostgresSyncRuns
from infrastructure.settings import Settings, load_settings
from infrastructure.simulator.app import SimulatorApp
from infrastructure.simulator.clock import Clock as SimulatedClock
from infrastructure.simulator.faults import Fault, Faults, every_fault, read_plan
from infrastructure.simulator.film import Film
from infrastructure.simulator.formats import format_named
from infrastructure.simulator.series import Series, read_series
from infrastructure.simulator.world import World, default_moment
from infrastructure.sleeper.budget import CallBudget, LocalBudget, Unmetered
from infrastructure.sleeper.capture import Captured, capture
from infrastructure.sleeper.client import SleeperClient
from infrastructure.sleeper.recording import RecordingApp, index_recordings
from infrastructure.sleeper.transport import Transport
from infrastructure.telemetry import configure_telemetry
from infrastructure.valkey.budget import SharedBudget
from infrastructure.valkey.client import connect_valkey

__all__ = [
    "Application",
    "Captured",
    "Film",
    "RecordingApp",
    "Series",
    "Settings",
    "SimulatorApp",
    "World",
    "application",
    "base_url",
    "capture_league",
    "configure_logging",
    "film",
    "index_recordings",
    "listen",
    "load_settings",
    "playback",
    "reading",
    "simulator",
    "writing",
]

_OTHER_CONNECTIONS = 5
"""For what is neither log nor read model: background runs and rejected bodies."""


@dataclass(frozen=True)
class Application:
    """The wired service: everything the interfaces need."""

    settings: Settings
    log: EventLog
    stored_log: StoredLog
    sealer: Sealer
    read_model: ReadModel
    namer: Namer
    history: History
    projections: ProjectionRunner
    projection_store: ProjectionStore
    rebuilds: Rebuilds
    syncer: LeagueSyncer
    leagues_syncer: LeaguesSyncer
    players_syncer: PlayersSyncer
    trending_syncer: TrendingSyncer
    feed_syncer: FeedSyncer
    sync_runs: SyncRuns
    rejected_bodies: PostgresRejectedBodies
    health: Health
    render_metrics: Callable[[], tuple[bytes, str]]
    engines: Engines | None
    """The embedded engines, ``None`` where the service runs on given servers."""


def simulator(
    *,
    seed: int,
    season: int,
    formats: list[str],
    leagues: int,
    at: int | None,
    speed: float,
    faults: Path | float | None,
    seasons: int = 2,
) -> SimulatorApp[World]:
    """A stand-in Sleeper whose clock begins ``at`` (milliseconds since 1970), else on a live game day.

    ``faults`` is a plan's file, or the part of all requests in which any of all faults happens.

    Raises:
        InvalidInput: there is no format of a name, or ``faults`` holds no plan.
    """
    world = World(seed, season, [format_named(name) for name in formats], leagues, seasons)
    clock = SimulatedClock(default_moment(season) if at is None else at, speed)
    return SimulatorApp(world, clock, Faults(seed, _plan(faults)))


def _plan(faults: Path | float | None) -> tuple[Fault, ...]:
    if isinstance(faults, Path):
        return read_plan(faults)
    return every_fault(faults) if faults else ()


def playback(
    folder: Path, *, at: int | None, speed: float, faults: Path | float | None
) -> SimulatorApp[Series]:
    """What was recorded in ``folder``, from ``at`` (milliseconds since 1970), else from its first moment.

    Raises:
        ConfigurationError: there is no series, or it cannot be read.
        InvalidInput: ``faults`` holds no plan.
    """
    series = Series(read_series(folder))
    clock = SimulatedClock(series.moments[0] if at is None else at, speed)
    return SimulatorApp(series, clock, Faults(series.seed, _plan(faults)))


def film(*, seed: int, season: int, kind: str, weeks: int | None) -> Film:
    """An invented league's season to be shown, with its draft: all of it, or the first ``weeks`` weeks.

    Raises:
        InvalidInput: there is no such format, or nobody plays in it.
    """
    if format_named(kind).pickem:
        raise InvalidInput(
            "format", f"in {kind!r} nobody plays: there is nothing to watch.", remedy="Choose another one."
        )
    simulated = simulator(
        seed=seed, season=season, formats=[kind], leagues=1, at=None, speed=0.0, faults=None
    )
    return Film(simulated, weeks)


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@asynccontextmanager
async def application(settings: Settings, clock: Clock | None = None) -> AsyncIterator[Application]:
    """Open the service: start or join the engines, migrate, connect. Everything is closed on leaving.

    ``clock`` dates what is observed; the system's, unless a recording is played back.

    Raises:
        EngineError: the embedded engines cannot be started.
        ConfigurationError: a setting cannot be used.
        LogUnavailable: Postgres cannot be reached.
    """
    async with AsyncExitStack() as stack:
        measured = configure_telemetry(settings)
        stack.callback(measured.shutdown)
        servers = await _servers(settings, stack)
        await migrate(servers.database_url)
        log = await stack.enter_async_context(PostgresEventLog.open(servers.database_url))
        pool = await stack.enter_async_context(open_pool(servers.database_url, size=_OTHER_CONNECTIONS))
        stored_log = PostgresStoredLog(pool, servers.database_url)
        store = PostgresProjectionStore(servers.database_url)
        stack.push_async_callback(store.close)
        await store.prepare(PROJECTORS)
        progress = Progress()
        read_model = PostgresReadModel(servers.database_url, progress=progress)
        stack.push_async_callback(read_model.close)
        valkey = await connect_valkey(servers.valkey_url)
        stack.push_async_callback(valkey.close)
        projections = ProjectionRunner(log, store, progress=progress)
        rejected_bodies = PostgresRejectedBodies(pool)
        clock = clock or SystemClock()
        sleeper = SleeperClient(_transport(settings, valkey), clock)
        stack.push_async_callback(sleeper.aclose)
        syncer = LeagueSyncer(log=log, sleeper=sleeper, rejected_bodies=rejected_bodies, clock=clock)
        leagues_syncer = LeaguesSyncer(syncer, log, sleeper)
        sync_runs = SyncRuns(syncer, leagues_syncer, PostgresSyncRuns(pool), clock)
        yield Application(
            settings=settings,
            log=log,
            stored_log=stored_log,
            sealer=Sealer(stored_log),
            read_model=read_model,
            namer=Namer(read_model, log),
            history=History(log, PostgresSnapshots(pool)),
            projections=projections,
            projection_store=store,
            rebuilds=await stack.enter_async_context(Rebuilds(store, log)),
            syncer=syncer,
            leagues_syncer=leagues_syncer,
            players_syncer=PlayersSyncer(
                log=log,
                sleeper=sleeper,
                times=PostgresObservationTimes(pool),
                rejected_bodies=rejected_bodies,
                clock=clock,
            ),
            trending_syncer=TrendingSyncer(
                log=log, sleeper=sleeper, rejected_bodies=rejected_bodies, clock=clock
            ),
            feed_syncer=FeedSyncer(
                log=log,
                sleeper=sleeper,
                feeds=sleeper if settings.undocumented_feeds else None,
                rejected_bodies=rejected_bodies,
                clock=clock,
            ),
            sync_runs=await stack.enter_async_context(sync_runs),
            rejected_bodies=rejected_bodies,
            health=Health(
                required={"postgres": log.head, "read model": read_model.check_built},
                optional={"valkey": valkey.ping},
                projections=projections,
            ),
            render_metrics=measured.render_metrics,
            engines=servers.engines,
        )


async def capture_league(settings: Settings, league_id: str, folder: Path) -> Captured:
    """Write what Sleeper answers about a league into ``folder``, to be served as a recording.

    Raises:
        InvalidInput: ``league_id`` is not a number.
        LeagueNotFound: Sleeper does not know the league; nothing was written.
        SleeperError: the league itself could not be fetched; nothing was written.
        ConfigurationError: the folder cannot be written.
    """
    transport = _transport(settings, None)
    try:
        return await capture(league_id, folder, transport)
    finally:
        await transport.aclose()


class _Servers(NamedTuple):
    database_url: str
    valkey_url: str
    engines: Engines | None


async def _servers(settings: Settings, stack: AsyncExitStack) -> _Servers:
    """The servers that the settings name, or the embedded ones."""
    if settings.database_url and settings.valkey_url:
        return _Servers(settings.database_url, settings.valkey_url, None)
    if settings.database_url or settings.valkey_url:
        given, missing = ("DATABASE_URL", "VALKEY_URL")[:: 1 if settings.database_url else -1]
        raise ConfigurationError(
            f"{given} is set and {missing} is not.",
            remedy=f"Set {missing} too, or unset both to run on the embedded engines.",
        )
    engines = await stack.enter_async_context(embedded_engines(settings.data_dir))
    return _Servers(engines.database_url, engines.valkey_url, engines)


def _transport(settings: Settings, valkey: TGlideClient | None) -> Transport:
    return Transport(
        settings.sleeper_base_url,
        budget=_budget(settings, valkey),
        on_call=lambda call: sleeper_called(**call._asdict()),
    )


def _budget(settings: Settings, valkey: TGlideClient | None) -> CallBudget:
    if settings.calls_per_minute is None:
        return Unmetered()
    if valkey is None:
        return LocalBudget(settings.calls_per_minute)
    return SharedBudget(valkey, settings.calls_per_minute)
