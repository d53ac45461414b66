"""Only this machine reaches the service, unless somebody says otherwise."""

from __future__ import annotations

import pytest

from domain.errors import ConfigurationError
from interfaces.cli.address import allowed_hosts, check_host, may_list_leagues

LOOPBACK = ["127.0.0.1", "127.8.9.10", "::1", "localhost"]
ELSEWHERE = ["0.0.0.0", "::", "192.168.1.7", "example.org", "localhost.example.org", "", "127.0.0.1.nip.io"]


@pytest.mark.parametrize("host", LOOPBACK)
def test_loopback_is_fine(host: str) -> None:
    check_host(host, insecure=False)


@pytest.mark.parametrize("host", ELSEWHERE)
def test_any_other_address_is_refused(host: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        check_host(host, insecure=False)
    assert "--insecure" in refused.value.remedy
    check_host(host, insecure=True)


def test_on_loopback_only_names_of_this_machine_are_answered() -> None:
    assert allowed_hosts("127.0.0.1") == ["127.0.0.1", "[::1]", "localhost"]
    assert "[::1]" in (allowed_hosts("::1") or ())
    assert "127.8.9.10" in (allowed_hosts("127.8.9.10") or ())


def test_elsewhere_every_name_is_answered() -> None:
    assert allowed_hosts("0.0.0.0") is None


@pytest.mark.parametrize("host", LOOPBACK)
def test_the_operator_alone_may_list_leagues(host: str) -> None:
    assert may_list_leagues(host, None, None)


@pytest.mark.parametrize("host", ELSEWHERE)
def test_strangers_may_not_list_leagues(host: str) -> None:
    assert not may_list_leagues(host, None, None)


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_what_the_operator_says_goes_and_the_command_line_before_the_environment(host: str) -> None:
    assert may_list_leagues(host, None, True)
    assert not may_list_leagues(host, None, False)
    assert may_list_leagues(host, True, False)
    assert not may_list_leagues(host, False, True)
