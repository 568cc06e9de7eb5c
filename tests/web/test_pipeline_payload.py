"""The Pipeline page's JSON: bytes for the heat map, seconds for times, gaps that devices share told once."""

import base64

import pytest


@pytest.fixture(scope="module")
def page(client):
    return client.get("/api/pipeline").json()


def test_a_lane_is_a_byte_an_hour(page, plant):
    assert [lane["name"] for lane in page["lanes"]] == [d.name for d in plant.devices]
    cells = page["lanes"][0]["cells"]
    contact = base64.b64decode(cells["contact"])
    assert len(contact) == len(cells["received"]) == len(cells["expected"]) == 72
    assert set(contact) <= set(range(101)) | {255}
    outage = contact.index(0)
    assert cells["received"][outage] < cells["received"][0] and cells["expected"][outage] == 600
    assert cells["kinds"][str(1000 // 60)]["lost"] == 1200
    assert "live" not in cells["kinds"].get("0", {})


def test_what_all_devices_share_is_told_once(page):
    shared = {gap["kind"]: gap for gap in page["gaps"] if len(gap["device_uuids"]) == len(page["lanes"])}
    assert set(shared) == {"lost", "restarted"}
    assert (shared["lost"]["count"], shared["lost"]["end"] - shared["lost"]["start"]) == (250, 1800)
    assert {k["kind"]: k["count"] for k in page["kinds"]}["lost"] == 1


def test_agents_rejects_stages_and_drift(page):
    (agent,) = page["agents"]
    assert (agent["agent"], agent["lost"], agent["holes"], len(agent["restarts"])) == ("shop", 250, 1, 1)
    assert agent["p50_s"] == 1.5 and agent["restarts"][0]["end"] - agent["restarts"][0]["start"] == 3600
    assert [r["count"] for r in page["rejects"]] == [1, 1] and page["rejects"][0]["last"] is not None
    assert [s["stage"] for s in page["stages"]] == ["ingest", "coverage", "silver", "gold"]
    assert [(d["kind"], d["before"], d["after"]) for d in page["drift"]] == [("units", "PERCENT", "NEWTON")]
    assert page["overall"]["unavailable_share"] == pytest.approx(0.01, abs=0.001)
    assert page["commands"][0]["line"] == "smelt run"


def test_some_devices_and_another_range(client):
    page = client.get("/api/pipeline?devices=drills&from=2026-03-27&to=2026-03-28").json()
    assert [lane["class"] for lane in page["lanes"]] == ["drills", "drills"]
    assert page["shown"][1] - page["shown"][0] == 86400 and page["bin"] == 3600
    assert client.get("/api/pipeline?from=noon").status_code == 400


def test_two_years_are_bounded(client):
    page = client.get("/api/pipeline?from=2024-03-28&to=2026-03-29").json()
    assert len(base64.b64decode(page["lanes"][0]["cells"]["contact"])) <= 744 and page["bin"] % 3600 == 0
