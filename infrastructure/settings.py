"""Settings from the environment, checked once at the start."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import platformdirs

from domain.errors import ConfigurationError

DEFAULT_SLEEPER = "https://api.sleeper.app"
DEFAULT_CALLS_PER_MINUTE = 500
MAX_CALLS_PER_MINUTE = 1000  # Sleeper asks every caller to stay below it: https://docs.sleeper.com

_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that can be set from outside. Each field is read from the variable beside it."""

    database_url: str | None = None  # DATABASE_URL; embedded PostgreSQL when unset
    valkey_url: str | None = None  # VALKEY_URL; embedded Valkey when unset
    data_dir: Path  # GAMEFILM_DATA_DIR
    sleeper_base_url: str = DEFAULT_SLEEPER  # SLEEPER_BASE_URL
    calls_per_minute: int | None = DEFAULT_CALLS_PER_MINUTE
    """GAMEFILM_SLEEPER_CALLS_PER_MINUTE, at most 1000. ``None``, not metered, where the variable is unset
    and Sleeper is a stand-in on this machine."""
    otlp_endpoint: str | None = None  # OTEL_EXPORTER_OTLP_ENDPOINT; no traces leave when unset
    log_level: str = "info"  # GAMEFILM_LOG_LEVEL
    list_leagues: bool | None = None
    """GAMEFILM_LIST_LEAGUES: whether callers over HTTP may see which leagues there are. ``None`` where the
    variable is unset: yes as long as only this machine can call."""
    undocumented_feeds: bool = False
    """GAMEFILM_UNDOCUMENTED_FEEDS: whether stats, projections, schedule and research may be asked for."""


def load_settings(environ: Mapping[str, str], *, data_dir: Path | None = None) -> Settings:
    """Read the settings; ``data_dir`` overrides the environment's.

    Raises:
        ConfigurationError: a variable holds a value that cannot be used.
    """
    sleeper = _base_url(environ.get("SLEEPER_BASE_URL") or DEFAULT_SLEEPER)
    folder = data_dir or Path(environ.get("GAMEFILM_DATA_DIR") or platformdirs.user_data_path("gamefilm"))
    return Settings(
        database_url=environ.get("DATABASE_URL") or None,
        valkey_url=environ.get("VALKEY_URL") or None,
        data_dir=folder.expanduser().absolute(),
        sleeper_base_url=sleeper,
        calls_per_minute=_calls(environ.get("GAMEFILM_SLEEPER_CALLS_PER_MINUTE"), sleeper),
        otlp_endpoint=environ.get("OTEL_EXPORTER_OTLP_ENDPOINT") or None,
        log_level=_level(environ.get("GAMEFILM_LOG_LEVEL") or "info"),
        list_leagues=_yes_or_no("GAMEFILM_LIST_LEAGUES", environ.get("GAMEFILM_LIST_LEAGUES")),
        undocumented_feeds=bool(
            _yes_or_no("GAMEFILM_UNDOCUMENTED_FEEDS", environ.get("GAMEFILM_UNDOCUMENTED_FEEDS"))
        ),
    )


def _base_url(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise ConfigurationError(
            f"SLEEPER_BASE_URL is {value!r}.", remedy="Set it to an http:// or https:// address."
        )
    # The documented address ends in /v1; paths of requests carry it, so that recordings lie by API path.
    return value.rstrip("/").removesuffix("/v1")


def _calls(value: str | None, sleeper: str) -> int | None:
    if not value:
        return None if urlsplit(sleeper).hostname in _THIS_MACHINE else DEFAULT_CALLS_PER_MINUTE
    if not value.isdecimal() or not 1 <= int(value) <= MAX_CALLS_PER_MINUTE:
        raise ConfigurationError(
            f"GAMEFILM_SLEEPER_CALLS_PER_MINUTE is {value!r}.",
            remedy=f"Set it to a whole number from 1 to {MAX_CALLS_PER_MINUTE}, Sleeper's own limit.",
        )
    return int(value)


def _level(value: str) -> str:
    allowed = ("debug", "info", "warning", "error")
    if value.lower() not in allowed:
        raise ConfigurationError(
            f"GAMEFILM_LOG_LEVEL is {value!r}.", remedy=f"Set it to one of {', '.join(allowed)}."
        )
    return value.lower()


def _yes_or_no(name: str, value: str | None) -> bool | None:
    answers = {"": None, "yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
    if (given := (value or "").lower()) not in answers:
        raise ConfigurationError(f"{name} is {value!r}.", remedy="Set it to yes or no.")
    return answers[given]
