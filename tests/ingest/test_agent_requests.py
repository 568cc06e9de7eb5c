"""What is asked of an agent, and what its odd answers become."""

import asyncio
import base64

import httpx
import pytest
from tests.agents import GeneratedAgent
from tests.replaying_agent import ReplayingAgent

from smelt.ingest.agent_requests import ACCEPT, Document, Pace, Requests, agent_address, open_client
from smelt.mtconnect.header import read_header
from smelt.terms.errors import InputError, TransientError

BODY = GeneratedAgent().answer("/current", {})[1]


def answered(url: str, respond: httpx.MockTransport) -> Document:
    async def go() -> Document:
        async with open_client() as client:
            client._transport = respond
            return await Requests(url, client, read_header).get("current")

    return asyncio.run(go())


@pytest.mark.parametrize("url", ["mazak-1:5000", "ftp://mazak-1", "http://", "http://host:port", "http://[::1"])
def test_what_is_no_url_of_an_agent_is_refused(url: str) -> None:
    with pytest.raises(InputError, match=r"expected a URL such as http://mazak-1:5000"):
        agent_address(url)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://h:5000/", "http://h:5000"),
        ("https://h/agent/M1/current", "https://h/agent/M1"),
        ("http://h/probes", "http://h/probes"),
        ("http://h:5000/sample?from=7&count=3", "http://h:5000"),
    ],
)
def test_an_address_pasted_from_a_browser_is_an_agents(url: str, address: str) -> None:
    assert agent_address(url) == (address, address)


def test_json_is_preferred_and_a_password_is_sent_but_not_shown() -> None:
    seen: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, content=BODY, headers={"Content-Type": "application/mtconnect+json"})

    found = answered("http://me:s3cret@agent:5000", httpx.MockTransport(respond))
    assert found == Document(BODY, "application/mtconnect+json", "http://agent:5000/current", read_header(BODY))
    assert seen[0].headers["Accept"] == ACCEPT and ACCEPT.startswith("application/mtconnect+json, application/json")
    assert seen[0].headers["Authorization"] == "Basic " + base64.b64encode(b"me:s3cret").decode()


def test_a_redirect_is_followed() -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        if request.url.scheme == "http":
            return httpx.Response(301, headers={"Location": f"https://agent{request.url.path}"})
        return httpx.Response(200, content=BODY)

    assert answered("http://agent:5000", httpx.MockTransport(respond)).body == BODY


@pytest.mark.parametrize(
    ("status", "body", "text"),
    [
        (401, b"", r"http://agent wants a name and a password \(HTTP 401\); expected http://NAME:PASSWORD@agent with"),
        (503, b"busy", r"http://agent/current answered no MTConnect document: HTTP 503 without a type, b'busy'"),
        (200, b"<html>", "answered no MTConnect document: HTTP 200"),
        (200, BODY[:-9], r"the document is cut after \d+ bytes"),
    ],
)
def test_what_is_no_document_is_said(status: int, body: bytes, text: str) -> None:
    with pytest.raises(TransientError, match=text):
        answered("http://agent", httpx.MockTransport(lambda _: httpx.Response(status, content=body)))


def test_a_password_that_is_wrong_is_said() -> None:
    refused = httpx.MockTransport(lambda _: httpx.Response(401))
    with pytest.raises(TransientError, match=r"^https://agent refuses the name and the password \(HTTP 401\)") as said:
        answered("https://me:s3cret@agent", refused)
    assert "s3cret" not in str(said.value)


def test_a_certificate_that_is_not_trusted_says_what_to_do() -> None:
    def respond(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(
            "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1006)"
        )

    with pytest.raises(TransientError, match=r"not trusted here: self-signed certificate\. Expected .* SSL_CERT_FILE"):
        answered("https://agent", httpx.MockTransport(respond))


def test_an_error_document_is_one_whatever_its_status() -> None:
    body = GeneratedAgent().answer("/sample", {"from": 99})[1]
    for status in (200, 400, 404):
        found = answered("http://agent", httpx.MockTransport(lambda _: httpx.Response(status, content=body)))  # noqa: B023
        assert found.header.errors == ("OUT_OF_RANGE",)


def test_a_silent_agent_is_said_after_two_heartbeats() -> None:
    async def go(url: str) -> None:
        async with open_client() as client:
            await Requests(url, client, read_header, Pace(heartbeat_ms=20)).get("probe")

    with (
        ReplayingAgent(GeneratedAgent(), ["silent"]) as server,
        pytest.raises(TransientError, match=r"nothing came for 0\.04 s, two heartbeats"),
    ):
        asyncio.run(go(server.url))
