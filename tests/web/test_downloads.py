import csv
import io
import re

import pytest

STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")


def _rows(client, path):
    answer = client.get(path)
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.text)))


@pytest.mark.parametrize(
    ("path", "time"),
    [
        ("/csv/fleet?points=50", "start"),
        ("/csv/episodes?devices=FOG1", "peak_time"),
        ("/csv/devices/FOG1/score", "minute"),
        ("/csv/devices/FOG1/coverage", "start"),
        ("/csv/devices/FOG1/minutes?names=x_load,servo", "minute"),
    ],
)
def test_each_plot_has_a_file_with_times_and_offset(client, path, time):
    rows = _rows(client, path)
    assert rows and all(STAMP.fullmatch(row[time]) for row in rows)
    assert rows[0][time].endswith("+01:00")


def test_the_zone_can_be_chosen(client):
    assert _rows(client, "/csv/devices/FOG1/score?tz=UTC")[0]["minute"].endswith("+00:00")
    assert client.get("/csv/devices/FOG1/score?tz=Mars").status_code == 400


def test_a_series_is_not_thinned(client):
    rows = _rows(client, "/csv/devices/FOG1/minutes?names=x_load&points=10")
    assert len(rows) == 3 * 1440 and set(rows[0]) == {"minute", "is_live", "is_running", "x_load", "x_load_origin"}


def test_an_unknown_plot_is_refused(client):
    answer = client.get("/csv/devices/FOG1/pie")
    assert answer.status_code == 400 and "there are score, coverage and minutes" in answer.json()["error"]
    assert client.get("/csv/devices/nobody/score").status_code == 404
