"""HTTP GET against Sleeper: bounded, retried, within the call budget. Bodies are bytes here."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import NamedTuple

import httpx
import stamina

from domain.errors import (
    ResponseInvalid,
    ResponseTooLarge,
    SleeperError,
    SleeperRefused,
    SleeperUnreachable,
)
from infrastructure.sleeper.budget import CallBudget
from infrastructure.sleeper.connections import CONNECTIONS, Connections
from infrastructure.sleeper.retries import RETRYABLE_STATUSES, Pause, RetryPolicy, retry_after

BODY_LIMIT = 64 * 1024 * 1024
_OK, _NOT_MODIFIED, _NOT_FOUND = 200, 304, 404


class Answer(NamedTuple):
    """What Sleeper said. ``body`` is ``b"null"`` for an id that it does not know, empty for a 304.

    ``age`` is for how many seconds a cache on the way has held it (RFC 9111, 5.1), 0 where none says so.
    """

    status: int
    body: bytes
    etag: str | None
    content_type: str
    age: int = 0


class CallOutcome(NamedTuple):
    """One call with all its attempts, for telemetry. ``started_at`` is a Unix time in nanoseconds."""

    url: str
    started_at: int
    seconds: float
    waited: float
    """Of these seconds, those before its attempts: for the call budget, or for a pause."""
    attempts: int
    status: int | None
    size: int
    error: SleeperError | None
    """``None`` with status ``None``: the call was cancelled."""


class _TryAgain(Exception):
    """An attempt failed in a way that may pass."""

    def __init__(self, error: SleeperError) -> None:
        super().__init__(str(error))
        self.error = error


class _Call:
    """The state of one call while it is tried."""

    def __init__(self, base_url: str, path: str, headers: dict[str, str]) -> None:
        self.url = f"{base_url}/{path}"
        self.headers = headers
        self.attempts = 0
        self.status: int | None = None
        self.waited = 0.0
        self.waits_for = "the call budget"


class Transport:
    """Calls to one Sleeper, shared by all tasks of an event loop. Close it after use.

    Inside the task that makes a call, ``on_call`` is told of each that ended.
    """

    def __init__(
        self,
        base_url: str,
        *,
        budget: CallBudget,
        policy: RetryPolicy | None = None,
        pause: Pause | None = None,
        body_limit: int = BODY_LIMIT,
        on_call: Callable[[CallOutcome], None] | None = None,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self._budget = budget
        self._policy = policy or RetryPolicy()
        self._pause = pause or Pause()
        self._body_limit = body_limit
        self._on_call = on_call
        root = httpx.URL(self.base_url)
        self._headers = _headers(root)
        # The transport alone: the client around it would parse the address, merge headers and look after
        # cookies, logins and redirects for every call, a fifth of what a call costs.
        self._http = Connections(root)
        self._in_flight = asyncio.Semaphore(CONNECTIONS)

    async def aclose(self) -> None:
        await self._http.aclose()

    async def get(self, path: str, *, etag: str | None = None) -> Answer:
        """Get ``path`` (``v1/league/…``), or a 304 when it still has ``etag``.

        Raises:
            SleeperUnreachable: no answer after all attempts.
            SleeperRefused: a status that is not 200, 304, or 404 with ``null``. Redirects are refused.
            ResponseTooLarge: the decoded body is over the limit; the rest was not read.
            ResponseInvalid: the body's content encoding is broken or was not asked for.
        """
        call = _Call(self.base_url, path, {"If-None-Match": etag} if etag else {})
        started_at, started = time.time_ns(), time.perf_counter()
        answer: Answer | None = None
        failure: SleeperError | None = None
        try:
            answer = await self._within_bound(call)
        except SleeperError as error:
            failure = error
            raise
        finally:
            if self._on_call is not None:
                seconds, size = time.perf_counter() - started, len(answer.body) if answer else 5
                timed = (call.url, started_at, seconds, call.waited)
                self._on_call(CallOutcome(*timed, call.attempts, call.status, size, failure))
        return answer

    async def _within_bound(self, call: _Call) -> Answer:
        try:
            async with asyncio.timeout(self._policy.total_timeout):
                return await self._with_retries(call)
        except _TryAgain as last:
            raise last.error from None
        except TimeoutError:
            raise SleeperUnreachable(
                call.url,
                f"no answer within {self._policy.total_timeout:g} s and {call.attempts} attempts; "
                f"it waited for {call.waits_for}.",
            ) from None

    async def _with_retries(self, call: _Call) -> Answer:
        # Nearly every call succeeds at once. What manages retries is made when one fails, and told of it.
        failures: list[_TryAgain] = []
        try:
            return await self._attempt(call)
        except _TryAgain as first:
            failures.append(first)
        async for attempt in self._retries():
            with attempt:
                if failures:
                    raise failures.pop()
                return await self._attempt(call)
        raise AssertionError("the last attempt raises")

    def _retries(self) -> AsyncIterator[stamina.Attempt]:
        policy = self._policy
        return aiter(
            stamina.retry_context(
                on=_TryAgain,
                attempts=policy.attempts,
                timeout=policy.total_timeout,
                wait_initial=policy.initial_wait,
                wait_jitter=policy.jitter,
                wait_max=policy.longest_wait,
            )
        )

    async def _turn(self, call: _Call) -> None:
        """Wait until this process may call, and Sleeper's budget has room."""
        started = time.perf_counter()
        while True:
            call.waits_for = "the time that Sleeper asked for with Retry-After"
            await self._pause.passed()
            call.waits_for = "the call budget"
            await self._budget.acquire()
            if not self._pause.active:
                break
        call.waited += time.perf_counter() - started

    async def _attempt(self, call: _Call) -> Answer:
        await self._turn(call)
        call.attempts += 1
        call.status = None
        call.waits_for = "Sleeper"
        try:
            async with self._in_flight, asyncio.timeout(self._policy.exchange_timeout):
                return await self._exchange(call)
        except httpx.TransportError as error:
            # Covers connecting, timeouts, and transfers that broke off. The address is said already.
            reason = f"{type(error).__name__}: {str(error).rpartition(f'({call.url}): ')[2]}".rstrip(": ")
        except TimeoutError:
            reason = f"the answer took over {self._policy.exchange_timeout:g} s"
        tries = "1 attempt" if call.attempts == 1 else f"{call.attempts} attempts"
        raise _TryAgain(SleeperUnreachable(call.url, f"no answer after {tries} ({reason})."))

    async def _exchange(self, call: _Call) -> Answer:
        response = await self._http.handle_async_request(self._request(call))
        try:
            return await self._read(call, response)
        except BaseException:  # an answer that was read to its end is closed already
            await response.aclose()
            raise

    def _request(self, call: _Call) -> httpx.Request:
        return httpx.Request("GET", call.url, headers={**self._headers, **call.headers})

    async def _read(self, call: _Call, response: httpx.Response) -> Answer:
        headers, status = response.headers, response.status_code
        call.status = status
        etag, content_type = headers.get("etag"), headers.get("content-type", "")
        if status == _OK or (status == _NOT_MODIFIED and call.headers):
            body = await self._body(call, response, content_type)
            return Answer(status, body, etag, content_type, _age(headers.get("age")))
        if status == _NOT_FOUND and (await self._body(call, response, content_type)).strip() in (
            b"",
            b"null",
        ):
            # An unknown id is 404 null, or 200 null: https://docs.sleeper.com does not say which.
            return Answer(status, b"null", None, content_type)
        raise self._refusal(call, response)

    def _refusal(self, call: _Call, response: httpx.Response) -> _TryAgain | SleeperRefused:
        status = response.status_code
        if status == _NOT_MODIFIED:  # to a question without a validator: ask again
            return _TryAgain(SleeperRefused(call.url, status))
        if status not in RETRYABLE_STATUSES:
            return SleeperRefused(call.url, status, remedy=_remedy(response))
        wait = retry_after(response.headers.get("retry-after"), _server_time(response))
        longest = self._policy.longest_retry_after
        if wait is None:
            return _TryAgain(SleeperRefused(call.url, status))
        self._pause.extend(min(wait, longest))
        if wait <= longest:
            return _TryAgain(SleeperRefused(call.url, status))
        remedy = f"It asks to wait for {wait:.0f} s: sync again after that."
        return SleeperRefused(call.url, status, remedy=remedy)

    async def _body(self, call: _Call, response: httpx.Response, content_type: str) -> bytes:
        encoding = response.headers.get("content-encoding")
        if encoding is not None and encoding.lower() not in ("identity", "gzip"):
            reason = f"its content encoding is {encoding!r}, which was not asked for"
            raise ResponseInvalid(call.url, "$", reason, b"", content_type)
        declared = response.headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > self._body_limit:
            raise ResponseTooLarge(call.url, self._body_limit)
        chunks: list[bytes] = []
        size = 0
        try:
            async for chunk in response.aiter_bytes() if encoding else _undecoded(response):
                size += len(chunk)
                if size > self._body_limit:
                    raise ResponseTooLarge(call.url, self._body_limit)
                chunks.append(chunk)
        except httpx.DecodingError as error:
            reason = f"its {encoding} encoding is broken: {error}"
            raise ResponseInvalid(call.url, "$", reason, b"".join(chunks), content_type) from error
        return b"".join(chunks)


def _undecoded(response: httpx.Response) -> AsyncIterator[bytes]:
    """The body's chunks, past httpx's decoders."""
    assert isinstance(response.stream, httpx.AsyncByteStream)
    return aiter(response.stream)


def _headers(root: httpx.URL) -> dict[str, str]:
    return {
        "Host": root.netloc.decode(),
        "User-Agent": f"gamefilm/{version('gamefilm')}",
        "Accept": "application/json",
        # Not what else httpx might decode: one chunk of brotli or of nested gzip grows without bound.
        "Accept-Encoding": "gzip",
    }


def _age(header: str | None) -> int:
    """Seconds; what is no number, or more than a year, is not believed."""
    return int(header) if header and header.isdecimal() and len(header) < len("31536000") else 0


def _server_time(response: httpx.Response) -> datetime:
    """The server's clock, where it tells: an HTTP date in Retry-After is by that clock."""
    try:
        date = parsedate_to_datetime(response.headers.get("date", ""))
    except ValueError:
        return datetime.now(UTC)
    return date.replace(tzinfo=date.tzinfo or UTC)


def _remedy(response: httpx.Response) -> str | None:
    if response.is_redirect:
        target = response.headers.get("location", "nowhere")
        return f"It redirects to {target}, which is not followed: set SLEEPER_BASE_URL to where Sleeper is."
    if response.is_client_error:
        return "Sleeper does not accept this call; check SLEEPER_BASE_URL."
    return None
