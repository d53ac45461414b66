"""Which addresses ``gamefilm up`` listens on."""

from __future__ import annotations

import ipaddress

from domain.errors import ConfigurationError


def is_loopback(host: str) -> bool:
    """Whether only programs of this machine reach ``host``."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_host(host: str, *, insecure: bool) -> None:
    """Refuse to be reached by strangers as long as callers cannot be authenticated.

    Raises:
        ConfigurationError: ``host`` is not a loopback address, and nobody said ``--insecure``.
    """
    if not insecure and not is_loopback(host):
        raise ConfigurationError(
            f"Gamefilm does not listen on {host}: it cannot tell yet who calls, and whoever reaches that "
            "address could read and sync.",
            remedy="Leave --host out to listen on this machine alone. Add --insecure if everybody who can "
            "reach the address may call.",
        )


def allowed_hosts(host: str) -> list[str] | None:
    """The ``Host`` headers that a server on ``host`` answers to; ``None``, all, where it is not loopback."""
    if not is_loopback(host):
        return None
    return sorted({"localhost", "127.0.0.1", "[::1]", f"[{host}]" if ":" in host else host})


def may_list_leagues(host: str, *said: bool | None) -> bool:
    """Whether callers may see which leagues there are: the first that ``said`` so decides.

    Where nobody did, they may as long as the operator, on this machine, is the only one who can call.
    """
    return next((each for each in said if each is not None), is_loopback(host))
