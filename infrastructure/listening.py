"""The socket that a server listens on, made before anything else is started."""

from __future__ import annotations

import errno
import socket

from domain.errors import ConfigurationError

_LAST_PORT = 65535


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on ``host`` and ``port``.

    Raises:
        ConfigurationError: the port is taken, or the address is not of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    if not 0 <= port <= _LAST_PORT:
        raise _not_listening(host, port, "there is no such port")
    try:
        listener = socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ConfigurationError(
                f"Port {port} on {host} is taken by another process.",
                remedy="Stop that one, or choose another port with --port.",
            ) from error
        raise _not_listening(host, port, str(error.strerror)) from error
    # asyncio sets it only on sockets that name their protocol. Without it the body of an answer waits for the
    # client's delayed acknowledgement of the head, 40 ms on a reused connection. Accepted sockets inherit it.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _not_listening(host: str, port: int, reason: str) -> ConfigurationError:
    return ConfigurationError(
        f"Cannot listen on {host} port {port}: {reason}.",
        remedy="Choose an address of this machine and a port from 1024 to 65535.",
    )


def base_url(listener: socket.socket) -> str:
    """The http:// address of a listening socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
