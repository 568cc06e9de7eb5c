import pytest
from fastapi.testclient import TestClient

from smelt.web.app import create_app
from smelt.web.guard import COOKIE, is_own_name


@pytest.fixture
def guarded(reader, plant):
    return TestClient(create_app(reader, plant, token="s3cret"), follow_redirects=False)


@pytest.mark.parametrize("path", ["/", "/api/fleet", "/static/js/fleet.js", "/devices/FOG1", "/csv/fleet", "/nothing"])
def test_nothing_is_told_without_the_token(guarded, path):
    answer = guarded.get(path)
    assert answer.status_code == 401 and "asks for a token" in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("wrong", ["", "s3cre", "s3cretx", "é"])
def test_a_wrong_token_is_refused(guarded, wrong):
    assert guarded.get("/api/fleet", headers={"Authorization": f"Bearer {wrong}".encode()}).status_code == 401
    assert guarded.get("/api/fleet", params={"token": wrong}).status_code == 401
    assert guarded.get("/api/fleet", headers={"Cookie": f"{COOKIE}={wrong.encode().hex()}"}).status_code == 401


def test_a_bearer_is_let_in(guarded):
    assert guarded.get("/api/fleet", headers={"Authorization": "Bearer s3cret"}).status_code == 200


def test_the_token_moves_from_the_address_into_a_cookie(guarded):
    answer = guarded.get("/devices/FOG1?from=2026-03-27T00:00Z&token=s3cret")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/devices/FOG1?from=2026-03-27T00%3A00Z"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "s3cret" not in cookie
    assert guarded.get("/api/fleet").status_code == 200


def test_the_way_back_stays_on_this_host(guarded):
    assert guarded.get("http://testserver//evil.example/?token=s3cret").headers["location"] == "/evil.example/"


def test_without_a_token_a_rebound_name_is_refused(client):
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 421
    assert client.get("/", headers={"Host": "127.0.0.1:8000"}).status_code == 200


@pytest.mark.parametrize(
    ("host", "own"),
    [("localhost:1", True), ("[::1]", True), ("10.0.0.5:80", True), ("plantpc", True), ("a.b:80", False)],
)
def test_own_names(host, own):
    assert is_own_name(host) is own


def test_every_answer_carries_the_headers(client):
    for path in ("/", "/api/fleet", "/static/js/fleet.js", "/api/fleet?from=x", "/nothing"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "script-src 'self'" in policy and "unsafe" not in policy and "http" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
