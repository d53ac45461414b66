"""A Valkey client from a URL."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from glide import (
    AdvancedGlideClientConfiguration,
    AdvancedGlideClusterClientConfiguration,
    GlideClient,
    GlideClientConfiguration,
    GlideClusterClient,
    GlideClusterClientConfiguration,
    Logger,
    LogLevel,
    NodeAddress,
    ServerCredentials,
    TGlideClient,
)

from domain.errors import ConfigurationError

_PORT = 6379
_SCHEMES = {"valkey": False, "redis": False, "valkeys": True, "rediss": True}  # name: with TLS
_FORM = "Set it to valkey://[user:password@]host[:port][/db], or valkeys:// for TLS; name several hosts of a \
cluster with commas between them."


async def connect_valkey(url: str, *, request_timeout: float = 1.0) -> TGlideClient:
    """A client of the server at ``url``, or of the cluster when it names several hosts.

    The connection is made by the first request and made again when it is lost, so a server that is down
    fails requests (within ``request_timeout`` seconds), not this call. Close the client after use.

    Raises:
        ConfigurationError: the URL is not one of a Valkey server.
    """
    # The driver writes to standard error past every log setting; each failure reaches us as an exception too.
    Logger.set_logger_config(LogLevel.OFF)
    parts = parse_valkey_url(url, request_timeout=request_timeout)
    if isinstance(parts, GlideClusterClientConfiguration):
        return await GlideClusterClient.create(parts)
    return await GlideClient.create(parts)


def parse_valkey_url(
    url: str, *, request_timeout: float = 1.0
) -> GlideClientConfiguration | GlideClusterClientConfiguration:
    """The driver's configuration for ``url``: of a cluster when it names several hosts.

    Raises:
        ConfigurationError: the URL is not one of a Valkey server. The message does not repeat its password.
    """
    parts = urlsplit(url)
    if parts.scheme not in _SCHEMES:
        raise _refused(f"its scheme is {parts.scheme!r}")
    login, _, hosts = parts.netloc.rpartition("@")
    addresses = [_address(host) for host in hosts.split(",")]
    milliseconds = int(request_timeout * 1000)
    if len(addresses) > 1:
        return GlideClusterClientConfiguration(
            addresses,
            use_tls=_SCHEMES[parts.scheme],
            credentials=_credentials(login),
            database_id=_database(parts.path),
            request_timeout=milliseconds,
            lazy_connect=True,
            advanced_config=AdvancedGlideClusterClientConfiguration(connection_timeout=milliseconds),
        )
    return GlideClientConfiguration(
        addresses,
        use_tls=_SCHEMES[parts.scheme],
        credentials=_credentials(login),
        database_id=_database(parts.path),
        request_timeout=milliseconds,
        lazy_connect=True,
        advanced_config=AdvancedGlideClientConfiguration(connection_timeout=milliseconds),
    )


def _address(text: str) -> NodeAddress:
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise _refused(f"{text!r} is not host:port") from None
    if not host:
        raise _refused("it names no host")
    return NodeAddress(host, port or _PORT)


def _credentials(login: str) -> ServerCredentials | None:
    user, _, password = login.partition(":")
    if not login:
        return None
    if not password:
        raise _refused("it names a user without a password")
    return ServerCredentials(unquote(password), unquote(user) or None)


def _database(path: str) -> int | None:
    text = path.strip("/")
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise _refused(f"{text!r} is not the number of a database")
    return int(text)


def _refused(reason: str) -> ConfigurationError:
    return ConfigurationError(f"VALKEY_URL cannot be used: {reason}.", remedy=_FORM)
