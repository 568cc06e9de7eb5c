import warnings

import pytest

from smelt.terms.plant import Device, Plant
from smelt.web.app import create_app

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Starlette would rather have httpx2; with httpx it does the same
    from fastapi.testclient import TestClient


class Away:
    """A reader of a lake whose store fails in this way."""

    def __init__(self, said):
        self.said = said

    def exists(self, name):
        raise OSError(self.said)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("Generic S3 error: Error performing GET http://h:1/shop?x in 15s - HTTP error: error sending request", 503),
        ("something that nobody foresaw", 500),
    ],
)
def test_a_store_that_is_away_is_a_sentence_and_a_bug_is_none(said, status):
    shop = create_app(Away(said), Plant(devices=(Device("u", "MILL"),)), token=None)
    answer = TestClient(shop, raise_server_exceptions=False, base_url="http://127.0.0.1").get("/api/fleet")
    assert answer.status_code == status
    if status == 503:
        assert answer.json()["error"].startswith("store http://h:1/shop: no answer; tried again for a while.")


def test_no_page_describes_the_server_to_strangers(client):
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert client.get(path).status_code == 404


def test_an_address_that_is_nothing_points_home(client):
    answer = client.get("/cases")
    assert answer.status_code == 404 and answer.text == "404: nothing at /cases; the fleet is at /."


def test_nothing_can_be_written(client):
    assert client.post("/api/fleet").status_code == 405
    assert client.delete("/devices/FOG1").status_code == 405


def test_files_outside_static_stay_there(client):
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py"):
        assert client.get(path).status_code in (400, 404)
