"""What is asked of an agent over HTTP, and what comes back: documents as they are, or a sentence about what is odd."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

import httpx

from smelt.ingest.agent_stream import BODY_LIMIT, PartReader, is_whole
from smelt.terms.document_header import DocumentHeader
from smelt.terms.errors import InputError, TransientError

ReadHeader = Callable[[bytes], DocumentHeader | None]
ACCEPT = "application/mtconnect+json, application/json;q=0.9, text/xml;q=0.5, application/xml;q=0.5"
AWAY = (httpx.HTTPError, httpx.StreamError, OSError)
_UNTRUSTED = re.compile(r"certificate verify failed: (.*?)(?: \(_ssl\S*\))?$")
_ASKED = re.compile(r"/(probe|current|sample|assets?)$")


@dataclass(frozen=True)
class Document:
    """A document as an agent sent it, with the URL that was asked and its Header."""

    body: bytes
    content_type: str
    source: str
    header: DocumentHeader


@dataclass(frozen=True)
class Pace:
    """How an agent is asked for its stream."""

    interval_ms: int = 1000
    heartbeat_ms: int = 10_000
    count: int = 8000

    @property
    def patience_s(self) -> float:
        """How long an agent may be silent: two heartbeats."""
        return 2 * self.heartbeat_ms / 1000


def open_client() -> httpx.AsyncClient:
    """Return a client for any number of agents."""
    return httpx.AsyncClient(
        headers={"Accept": ACCEPT, "Accept-Encoding": "identity"},
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=None),
        follow_redirects=True,
    )


def agent_address(url: str) -> tuple[str, str]:
    """Return an agent's address to ask, and the same without a password to show.

    Raises
    ------
    InputError
        If it is no URL of HTTP.

    Examples
    --------
    >>> agent_address("http://me:secret@mazak-1:5000/Mazak/probe?pretty=true")
    ('http://me:secret@mazak-1:5000/Mazak', 'http://mazak-1:5000/Mazak')
    """
    try:
        asked = urlsplit(url)
        _ = asked.port
    except ValueError as error:
        raise InputError(f"agent '{url}': {error}; expected a URL such as http://mazak-1:5000.") from error
    if asked.scheme not in ("http", "https") or not asked.hostname:
        raise InputError(f"agent '{url}': expected a URL such as http://mazak-1:5000 or https://shop/agent.")
    path = _ASKED.sub("", asked.path.rstrip("/"))
    host = asked.netloc.rpartition("@")[2]
    return urlunsplit((asked.scheme, asked.netloc, path, "", "")), urlunsplit((asked.scheme, host, path, "", ""))


@dataclass
class Requests:
    """Asks one agent.

    Raises TransientError, with a sentence, whenever the agent is away or answers what is no MTConnect document.
    """

    url: str
    client: httpx.AsyncClient
    read_header: ReadHeader
    pace: Pace = field(default_factory=Pace)

    def __post_init__(self) -> None:
        self._address, self.url = agent_address(self.url)

    async def get(self, asked: str) -> Document:
        """Return the document that the agent answers, an MTConnectError too, whatever the HTTP status."""
        body = bytearray()
        try:
            async with self._open(asked) as response:
                try:
                    async for data in response.aiter_bytes():
                        body += data
                        if len(body) > BODY_LIMIT:
                            raise TransientError(f"{self.url}/{asked} is longer than {BODY_LIMIT >> 20} MB")
                except httpx.RemoteProtocolError:  # less than its Content-Length, which may be what is wrong
                    if not is_whole(bytes(body)):
                        raise
        except AWAY as error:
            raise self._away(error) from error
        return self._whole(response, bytes(body), asked)

    async def stream(self, asked: str) -> AsyncIterator[Document]:
        """Give the parts of a multipart stream until the agent ends it; one document if it does not stream."""
        try:
            async with self._open(asked) as response:
                if not response.headers.get("content-type", "").lower().startswith("multipart/"):
                    yield self._whole(response, await response.aread(), asked)
                    return
                reader = PartReader()
                async for data in response.aiter_bytes():
                    for part in reader.feed(data):
                        yield self._document(response, part.body, part.content_type, asked)
        except AWAY as error:
            raise self._away(error) from error

    def _open(self, asked: str) -> AbstractAsyncContextManager[httpx.Response]:
        return self.client.stream("GET", f"{self._address}/{asked}", timeout=self.pace.patience_s)

    def _whole(self, response: httpx.Response, body: bytes, asked: str) -> Document:
        document = self._document(response, body, response.headers.get("content-type", ""), asked)
        if not is_whole(body):
            raise TransientError(f"{self.url}/{asked}: the document is cut after {len(body):,} bytes")
        return document

    def _document(self, response: httpx.Response, body: bytes, content_type: str, asked: str) -> Document:
        header = self.read_header(body)
        if header is not None:
            return Document(body, content_type, f"{self.url}/{asked}", header)
        if response.status_code == httpx.codes.UNAUTHORIZED:
            wish = "wants a name and a password" if self._address == self.url else "refuses the name and the password"
            named = self.url.replace("://", "://NAME:PASSWORD@", 1)
            raise TransientError(f"{self.url} {wish} (HTTP 401); expected {named} with those that it knows")
        told = f"HTTP {response.status_code} {content_type or 'without a type'}, {body[:60]!r}"
        raise TransientError(f"{self.url}/{asked} answered no MTConnect document: {told}")

    def _away(self, error: Exception) -> TransientError:
        if isinstance(error, httpx.ReadTimeout):
            return TransientError(f"{self.url}: nothing came for {self.pace.patience_s:g} s, two heartbeats")
        reason = str(error).removesuffix(".") or type(error).__name__
        if told := _UNTRUSTED.search(reason):
            reason = (
                f"its certificate is not trusted here: {told[1]}. Expected one of an authority that SSL_CERT_FILE "
                "names: a file of certificates in PEM, a self-signed one being its own authority"
            )
        return TransientError(f"{self.url}: {reason}")
