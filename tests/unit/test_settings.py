"""Settings: what each variable does, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.errors import ConfigurationError
from infrastructure.settings import DEFAULT_SLEEPER, load_settings


@pytest.mark.quirk("2.3")
def test_nothing_has_to_be_set() -> None:
    settings = load_settings({})
    assert settings.database_url is None
    assert settings.valkey_url is None
    assert settings.otlp_endpoint is None
    assert settings.sleeper_base_url == DEFAULT_SLEEPER
    assert settings.calls_per_minute == 500
    assert settings.log_level == "info"
    assert settings.list_leagues is None
    assert settings.undocumented_feeds is False
    assert settings.data_dir.is_absolute()


@pytest.mark.quirk("2.1")
def test_every_variable_is_read() -> None:
    settings = load_settings(
        {
            "DATABASE_URL": "postgresql://db",
            "VALKEY_URL": "valkey://cache",
            "GAMEFILM_DATA_DIR": "/data",
            "SLEEPER_BASE_URL": "http://127.0.0.1:9000",
            "GAMEFILM_SLEEPER_CALLS_PER_MINUTE": "1000",
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318",
            "GAMEFILM_LOG_LEVEL": "DEBUG",
            "GAMEFILM_LIST_LEAGUES": "no",
            "GAMEFILM_UNDOCUMENTED_FEEDS": "yes",
        }
    )
    assert settings.database_url == "postgresql://db"
    assert settings.valkey_url == "valkey://cache"
    assert settings.data_dir == Path("/data")
    assert settings.sleeper_base_url == "http://127.0.0.1:9000"
    assert settings.calls_per_minute == 1000
    assert settings.otlp_endpoint == "http://collector:4318"
    assert settings.log_level == "debug"
    assert settings.list_leagues is False
    assert settings.undocumented_feeds is True


def test_an_empty_variable_is_as_good_as_none() -> None:
    names = ["DATABASE_URL", "VALKEY_URL", "GAMEFILM_DATA_DIR", "SLEEPER_BASE_URL", "GAMEFILM_LOG_LEVEL"]
    assert load_settings(dict.fromkeys(names, "")) == load_settings({})


def test_the_callers_data_folder_wins(tmp_path: Path) -> None:
    assert load_settings({"GAMEFILM_DATA_DIR": "/data"}, data_dir=tmp_path).data_dir == tmp_path


def test_the_data_folder_may_start_at_home() -> None:
    assert load_settings({"GAMEFILM_DATA_DIR": "~/film"}).data_dir == Path.home() / "film"


@pytest.mark.quirk("2.1")
@pytest.mark.parametrize("url", ["http://h/v1", "http://h/v1/", "http://h/", "http://h"])
def test_sleepers_address_may_end_in_its_version(url: str) -> None:
    assert load_settings({"SLEEPER_BASE_URL": url}).sleeper_base_url == "http://h"


@pytest.mark.quirk("2.1")
@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("SLEEPER_BASE_URL", "api.sleeper.app", "http://"),
        ("SLEEPER_BASE_URL", "ftp://api.sleeper.app", "http://"),
        ("GAMEFILM_SLEEPER_CALLS_PER_MINUTE", "0", "1000"),
        ("GAMEFILM_SLEEPER_CALLS_PER_MINUTE", "1001", "1000"),
        ("GAMEFILM_SLEEPER_CALLS_PER_MINUTE", "-5", "1000"),
        ("GAMEFILM_SLEEPER_CALLS_PER_MINUTE", "many", "1000"),
        ("GAMEFILM_LOG_LEVEL", "loud", "warning"),
    ],
)
def test_a_wrong_value_is_refused_with_its_name_and_what_is_allowed(
    name: str, value: str, allowed: str
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load_settings({name: value})
    assert name in str(refused.value)
    assert repr(value) in str(refused.value)
    assert allowed in refused.value.remedy


@pytest.mark.parametrize(
    ("said", "meant"), [("yes", True), ("TRUE", True), ("1", True), ("No", False), ("", None)]
)
def test_lists_of_leagues_are_allowed_or_not(said: str, meant: bool | None) -> None:
    assert load_settings({"GAMEFILM_LIST_LEAGUES": said}).list_leagues is meant


def test_what_is_neither_yes_nor_no_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"GAMEFILM_LIST_LEAGUES is 'perhaps'.*yes or no"):
        load_settings({"GAMEFILM_LIST_LEAGUES": "perhaps"})


def test_feeds_are_on_or_off_and_nothing_else() -> None:
    assert not load_settings({"GAMEFILM_UNDOCUMENTED_FEEDS": "no"}).undocumented_feeds
    with pytest.raises(ConfigurationError, match=r"GAMEFILM_UNDOCUMENTED_FEEDS is 'stats'.*yes or no"):
        load_settings({"GAMEFILM_UNDOCUMENTED_FEEDS": "stats"})
