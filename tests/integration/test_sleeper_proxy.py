"""Which proxy of the environment the gateway goes through, and where it goes by itself."""

from __future__ import annotations

import asyncio

import pytest

from infrastructure.sleeper.budget import Unmetered
from infrastructure.sleeper.transport import Transport
from tests.sleeper_stage import QUICK, WHOLE, raw_server

VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


async def body_of(base_url: str) -> bytes:
    transport = Transport(base_url, budget=Unmetered(), policy=QUICK)
    try:
        return (await transport.get("v1/league/123")).body
    finally:
        await transport.aclose()


@pytest.mark.parametrize("variable", ["http_proxy", "all_proxy", "HTTP_PROXY"])
@pytest.mark.parametrize("scheme", ["http://", ""])
async def test_the_proxy_of_the_environment_is_asked(monkeypatch, variable, scheme):
    asked: list[bytes] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        await WHOLE(reader, writer)

    async with raw_server(proxy) as (url, _):
        monkeypatch.setenv(variable, scheme + url.removeprefix("http://"))
        assert await body_of("http://sleeper.example")
    assert asked == [b"GET http://sleeper.example/v1/league/123 HTTP/1.1\r\n"]


async def test_no_proxy_stands_before_a_recording_on_this_machine(monkeypatch):
    async with raw_server(WHOLE) as (gone, _):
        pass
    monkeypatch.setenv("http_proxy", gone)
    monkeypatch.setenv("all_proxy", gone)
    async with raw_server(WHOLE) as (url, _):
        assert await body_of(url)
        assert await body_of(url.replace("127.0.0.1", "localhost"))


async def test_hosts_that_no_proxy_names_are_called_directly(monkeypatch):
    async with raw_server(WHOLE) as (gone, _):
        pass
    async with raw_server(WHOLE, host="127.0.0.2") as (url, _):
        monkeypatch.setenv("http_proxy", gone)
        monkeypatch.setenv("no_proxy", "127.0.0.2")
        assert await body_of(url)
