"""The connections to Sleeper: an httpx transport whose pool, TLS and HTTP/2 are reqwest's.

httpx's own engine is Python to the last byte; this one costs a third of its time (docs/adr/0010).
"""

from __future__ import annotations

import os
from urllib.request import getproxies, proxy_bypass

import certifi
import httpx
from pyqwest import HTTPTransport, Proxy
from pyqwest.httpx import AsyncPyqwestTransport

CONNECTIONS = 50
KEPT_ALIVE = 20
KEPT_SECONDS = 30.0
CONNECT_SECONDS = 5.0
READ_SECONDS = 20.0
"""Without a byte for so long, an answer is given up."""


# One thread is plenty for a thousand calls a minute; a second one gets in the way of the event loop and makes
# a sync a tenth slower. Read when the first transport is made.
os.environ.setdefault("TOKIO_WORKER_THREADS", "1")


class Connections(AsyncPyqwestTransport):
    """HTTP/2 over TLS where the server speaks it, HTTP/1.1 elsewhere. Close it after use.

    Bodies come as they were sent: what may be decoded, and how far, is for the caller to say. Redirects are
    answers like others. Trusted are the certificates of the system (``SSL_CERT_FILE`` names others) and those
    that Mozilla trusts.
    """

    def __init__(self, root: httpx.URL) -> None:
        tls = root.scheme == "https"  # reading the certificates takes time
        self._engine = HTTPTransport(
            tls_ca_cert=certifi.contents().encode() if tls else None,
            tls_include_system_certs=tls,
            proxy=_proxy(root),
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            pool_idle_timeout=KEPT_SECONDS,
            pool_max_idle_per_host=KEPT_ALIVE,
            max_connections_per_address=CONNECTIONS,
            enable_gzip=False,
            enable_brotli=False,
            enable_zstd=False,
            use_system_dns=True,
            follow_redirects=False,
            enable_otel=False,
        )
        super().__init__(self._engine)

    async def aclose(self) -> None:
        await self._engine.aclose()


def _proxy(root: httpx.URL) -> Proxy:
    """The proxy that HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY name for Sleeper, if any.

    A recording on this machine is not behind the proxy that Sleeper may be behind.
    """
    proxies = getproxies()
    address = proxies.get(root.scheme) or proxies.get("all")
    if address is None or root.host in ("127.0.0.1", "::1", "localhost") or proxy_bypass(root.host):
        # Without any rule reqwest would ask the environment itself; this one excepts the only host called.
        return Proxy("http://127.0.0.1", no_proxy=root.host)
    return Proxy(address if "://" in address else f"http://{address}")
