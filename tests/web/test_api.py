import base64

import pytest

from smelt.web.payload import NOTHING


def test_the_fleet_is_lanes_of_bytes(client, plant):
    page = client.get("/api/fleet?points=300").json()
    assert [lane["name"] for lane in page["lanes"]] == [d.name for d in plant.devices]
    cells = page["lanes"][0]["cells"]
    severity, state, signal = (base64.b64decode(cells[n]) for n in ("severity", "state", "signal"))
    assert len(severity) == len(state) == len(signal) <= 300
    assert all((s == NOTHING) == (k != 0) for s, k in zip(severity, state, strict=True))
    assert all(s <= 100 or s == NOTHING for s in severity)
    assert all(s < len(cells["signals"]) or s == NOTHING for s in signal)


def test_answers_are_compressed(client):
    assert client.get("/api/fleet").headers["content-encoding"] == "gzip"


def test_a_device_by_name_or_uuid(client):
    one, other = (client.get(f"/api/devices/{n}").json() for n in ("FOG1", "u-fog1"))
    assert one == other
    assert one["model"]["factor"] == 2.2
    assert sum(s["share"] for s in one["shares"]) == pytest.approx(1)
    assert None in one["score"]["v"]
    assert one["signals"][0]["unit"] == "PERCENT"


def test_any_signals(client):
    found = client.get("/api/devices/FOG1/signals?names=execution,x_load&points=100").json()["signals"]
    assert [s["name"] for s in found] == ["execution", "x_load"]
    assert found[0]["line"] is None and found[1]["strip"] is None


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/api/fleet?from=noon", "from='noon' is not a time"),
        ("/api/fleet?points=0", "points='0' is out of range: ask for 4 to 10000"),
        ("/api/fleet?points=99999", "is out of range"),
        ("/api/fleet?from=2026-03-28&to=2026-03-27", "is not before"),
        ("/api/devices/FOG1?episode=none", "no episode 'none' of FOG1"),
        ("/api/devices/FOG1/signals", "ask for 1 to 20 signals"),
        ("/api/devices/FOG1/signals?names=zz", "no signal 'zz'"),
        ("/api/elsewhere", "there are /api/fleet"),
    ],
)
def test_what_cannot_be_answered_is_said_in_one_sentence(client, path, words):
    answer = client.get(path)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert words in error and "\n" not in error and "Traceback" not in error


@pytest.mark.parametrize("path", ["/api/devices/FGO1", "/api/devices/FGO1/signals?names=x", "/api/fleet?devices=FGO1"])
def test_an_unknown_device_is_not_found(client, path):
    answer = client.get(path)
    assert answer.status_code == 404 and "did you mean 'FOG1'" in answer.json()["error"]
