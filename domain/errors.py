"""Every error Gamefilm raises on purpose.

GamefilmError
├── InvalidInput                 a value the caller gave; names the field and what is allowed
│   └── LogFileInvalid           an exported log that cannot be imported; names the line and the field
├── NotFound
│   ├── LeagueNotFound           neither Sleeper nor the log knows the league
│   ├── UserNotFound             Sleeper does not know the user
│   ├── SyncRunNotFound
│   ├── ProjectionNotFound       no projection has that name
│   └── DeadLetterNotFound       the projection has no dead letter at that position
├── ListingRefused               what spans leagues is for callers whom the operator allows it
├── FeedsDisabled                the operator has not turned on what Sleeper does not document
├── LogError
│   ├── WrongExpectedVersion     somebody else appended to the stream first
│   ├── PartlyRecorded           some, but not all, event ids of one append are in the log
│   ├── EventNotReadable         a stored event does not decode as its type says
│   │   └── EventOfNewerRelease  a stored event is of a type or a schema version that this release lacks
│   ├── LogDamaged               the log is not what was sealed, or breaks its own rules
│   ├── LogNotEmpty              only an empty log can take an import
│   └── LogUnavailable           Postgres cannot be reached
├── ReadModelBehind              the read model did not reach the asked-for position in time
├── ReadModelNotBuilt            the read model of this release is being made from the log
├── ProjectionFailed             a projection cannot go on; names the event where one is to blame
│   └── RowsRefused              the values of rows cannot be stored, whoever tries
├── ProjectionNotBuilt           the rows of a projection are being made, or there are none
├── ProjectionHeld               another process works on the projection
├── RebuildCancelled             somebody discarded what was being built
├── SleeperError                 names the URL
│   ├── SleeperUnreachable       no answer after all retries
│   ├── SleeperRefused           an answer with an error status
│   ├── ResponseTooLarge         a body over the limit
│   └── ResponseInvalid          a body that does not decode; names the field
├── EngineError                  an embedded PostgreSQL or Valkey does not start or stop
└── ConfigurationError           a setting, an address or a port that cannot be used
"""

from __future__ import annotations


class GamefilmError(Exception):
    """Something Gamefilm refused or could not do.

    ``message`` says what is wrong, ``remedy`` what the reader can do about it.
    """

    remedy: str = ""

    def __init__(self, message: str, *, remedy: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if remedy is not None:
            self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".rstrip()


class InvalidInput(GamefilmError):
    """A value the caller gave cannot be used; ``field`` names it."""

    def __init__(self, field: str, message: str, *, remedy: str | None = None) -> None:
        super().__init__(f"{field}: {message}", remedy=remedy)
        self.field = field


class LogFileInvalid(InvalidInput):
    """An exported log cannot be imported; nothing of it was.

    ``field`` is ``line 7, version``, with lines counted from 1, or ``FILE`` where it is the file as a whole.
    """

    remedy = "Take the file again from where it was exported: gamefilm log export FILE."


class NotFound(GamefilmError):
    """What was asked for does not exist."""


class LeagueNotFound(NotFound):
    remedy = "Check the id: it is the long number in the league's address on sleeper.com."

    def __init__(self, league_id: str, *, remedy: str | None = None) -> None:
        super().__init__(f"League {league_id} does not exist.", remedy=remedy)
        self.league_id = league_id


class UserNotFound(NotFound):
    remedy = "Check the spelling: it is the name after the @ in the profile on sleeper.com, or the user's id."

    def __init__(self, user: str) -> None:
        super().__init__(f"User {user} does not exist.")
        self.user = user


class SyncRunNotFound(NotFound):
    remedy = "Use the Location header of the answer that started the run."

    def __init__(self, run_id: str) -> None:
        super().__init__(f"There is no sync run {run_id}.")


class ProjectionNotFound(NotFound):
    """No projection of this release has the name."""

    def __init__(self, name: str, known: str) -> None:
        super().__init__(f"There is no projection {name}.", remedy=f"Use one of {known}.")


class DeadLetterNotFound(NotFound):
    remedy = "`gamefilm projections status` shows them; what was folded or skipped meanwhile is gone."

    def __init__(self, projection: str, position: int) -> None:
        super().__init__(f"The projection {projection} has no dead letter at position {position}.")
        self.projection = projection
        self.position = position


class ListingRefused(GamefilmError):
    """What spans leagues was asked for, and the operator does not allow it."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(
            f"{what} are not listed here: a league is shown to those who can name it.",
            remedy=f"{remedy} The operator can allow lists: GAMEFILM_LIST_LEAGUES=yes.",
        )


class FeedsDisabled(GamefilmError):
    """A feed that Sleeper does not document was asked for, and the operator has not turned these on."""

    remedy = "Set GAMEFILM_UNDOCUMENTED_FEEDS=yes and start Gamefilm again, if you want them all the same."

    def __init__(self, feed: str) -> None:
        super().__init__(f"Sleeper does not document its {feed}, so they are not asked for.")
        self.feed = feed


class LogError(GamefilmError):
    """The event log refused or could not serve."""


class WrongExpectedVersion(LogError):
    """The stream is not at the version the writer decided on.

    ``expected`` and ``actual`` are stream versions: 0 means that the stream does not exist.
    """

    remedy = "Load the stream again and decide anew."

    def __init__(self, stream: str, expected: int, actual: int) -> None:
        super().__init__(f"Stream {stream} is at version {actual}, not at {expected} as expected.")
        self.stream = stream
        self.expected = expected
        self.actual = actual


class PartlyRecorded(LogError):
    """Some, but not all, event ids of one append are in the log already."""

    remedy = "A retry must repeat the whole append with the same ids; a new append needs new ids."

    def __init__(self, streams: tuple[str, ...]) -> None:
        super().__init__(
            f"An append to {', '.join(streams)} repeats some ids of recorded events, but not all."
        )
        self.streams = streams


class EventNotReadable(LogError):
    """A stored event does not decode as its type and schema version say.

    ``position`` is its place in the log, ``None`` where only its data were at hand.
    """

    remedy = (
        "Its data was altered, or an upcaster of this release is wrong: restore the log, or report the type. "
        "Events after its position can be read."
    )

    def __init__(
        self, event_type: str, schema_version: int, reason: str, *, position: int | None = None
    ) -> None:
        where = "" if position is None else f" at position {position}"
        super().__init__(f"Event {event_type} v{schema_version}{where} does not decode: {reason}.")
        self.event_type = event_type
        self.schema_version = schema_version
        self.reason = reason
        self.position = position


class EventOfNewerRelease(EventNotReadable):
    """A stored event is of a type or of a schema version that this release does not know.

    Nothing is folded past it: neither decided, nor projected, nor told of the past; see ``UnknownEvent``.
    """

    remedy = "Run the release that wrote it here too, or a later one. Nothing is lost meanwhile."

    def __init__(self, event_type: str, schema_version: int, *, position: int | None = None) -> None:
        super().__init__(
            event_type, schema_version, "a newer release of Gamefilm wrote it", position=position
        )


class LogDamaged(LogError):
    """The log is not what was sealed, or breaks a rule that holds for every log."""

    remedy = "gamefilm log verify says all that is wrong, and what to do about each."


class LogNotEmpty(LogError):
    """A log that holds events was to take an import."""

    remedy = (
        "Import into a new database, or a new --data-dir: positions are kept, so two logs cannot be joined."
    )

    def __init__(self, head: int) -> None:
        super().__init__(
            f"The log holds events, up to position {head}; only an empty one can take an import."
        )
        self.head = head


class LogUnavailable(LogError):
    remedy = "Check that Postgres is running and that DATABASE_URL is right; then try again."


class ReadModelBehind(GamefilmError):
    """The read model did not reach ``wanted`` before the wait ended; it is at ``reached``."""

    remedy = "Ask again, or see /health/ready for the projection that is stalled."

    def __init__(self, wanted: int, reached: int) -> None:
        super().__init__(f"The read model is at position {reached}; position {wanted} was asked for.")
        self.wanted = wanted
        self.reached = reached


class ReadModelNotBuilt(GamefilmError):
    """The tables that this release reads are not there yet: they are being made from the log."""

    remedy = "Ask again; /admin/projections shows how far it is."

    def __init__(self) -> None:
        super().__init__("The read model of this release is being made from the log.")


class ProjectionFailed(GamefilmError):
    """A projection cannot go on.

    ``position`` and ``event_type`` name the event that it cannot fold, where one is to blame.
    """

    remedy = "The other projections go on; it is tried again, and an upgrade may be needed."

    def __init__(
        self,
        projection: str,
        reason: str,
        *,
        position: int | None = None,
        event_type: str | None = None,
        remedy: str | None = None,
    ) -> None:
        where = "" if position is None else f" at position {position} ({event_type})"
        super().__init__(f"The projection {projection} cannot go on{where}: {reason}.", remedy=remedy)
        self.projection = projection
        self.reason = reason
        self.position = position
        self.event_type = event_type


class RowsRefused(ProjectionFailed):
    """Rows cannot hold what events say, whoever tries: the database refuses a value. They are to blame."""


class ProjectionNotBuilt(GamefilmError):
    """There is no such build of a projection: its first one is being made, or was never begun."""

    remedy = "The service makes what it needs; `gamefilm projections status` shows what there is."

    def __init__(self, projection: str, build: str) -> None:
        super().__init__(f"The projection {projection} has no {build} build.")
        self.projection = projection


class ProjectionHeld(GamefilmError):
    """Another process works on the projection."""

    remedy = "It is taken over some seconds after that process ends; `gamefilm projections status` names it."

    def __init__(self, what: str) -> None:
        super().__init__(f"Another process works on {what}.")


class RebuildCancelled(GamefilmError):
    """What a rebuild had made was discarded while it went on."""

    remedy = "The rows that queries read are as they were."

    def __init__(self, projection: str) -> None:
        super().__init__(f"The rebuild of {projection} was cancelled.")


class SleeperError(GamefilmError):
    """A call to Sleeper failed; ``url`` says which."""

    def __init__(self, url: str, message: str, *, remedy: str | None = None) -> None:
        super().__init__(f"{url}: {message}", remedy=remedy)
        self.url = url


class SleeperUnreachable(SleeperError):
    remedy = "Check the network and SLEEPER_BASE_URL; then sync again: what was fetched is recorded."


class SleeperRefused(SleeperError):
    remedy = "Try again later; what could be fetched is recorded."

    def __init__(self, url: str, status: int, *, remedy: str | None = None) -> None:
        super().__init__(url, f"Sleeper answered {status}.", remedy=remedy)
        self.status = status


class ResponseTooLarge(SleeperError):
    remedy = "SLEEPER_BASE_URL probably points at something that is not Sleeper."

    def __init__(self, url: str, limit: int) -> None:
        super().__init__(url, f"the body is over {limit} bytes and was refused.")
        self.limit = limit


class ResponseInvalid(SleeperError):
    """A body that is not what the endpoint sends.

    ``field`` is the JSON path of the first wrong value (``$[3].points``), or ``$`` when the body is not
    JSON at all; ``body`` is what came, for diagnosis.
    """

    remedy = "Nothing of this body was recorded; the body is kept for diagnosis."

    def __init__(self, url: str, field: str, reason: str, body: bytes, content_type: str) -> None:
        super().__init__(url, f"the body does not decode at {field}: {reason}.")
        self.field = field
        self.reason = reason
        self.body = body
        self.content_type = content_type


class EngineError(GamefilmError):
    """An embedded PostgreSQL or Valkey does not start or stop; the remedy says what to do."""


class ConfigurationError(GamefilmError):
    """A setting, an address or a port that cannot be used; the message names it."""
