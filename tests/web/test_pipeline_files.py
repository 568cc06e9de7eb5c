"""Each part of the Pipeline page as a file that a spreadsheet reads and does not run."""

import csv
import io
import re

import pytest

STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")


@pytest.mark.parametrize(
    ("part", "time", "least"),
    [("hours", "start", 288), ("gaps", "start", 8), ("rejects", "last", 2), ("runs", "started", 4), ("drift", "at", 1)],
)
def test_each_part_has_a_file_with_times_and_offset(client, part, time, least):
    answer = client.get(f"/csv/pipeline/{part}")
    assert answer.status_code == 200 and answer.headers["content-disposition"].endswith(f'pipeline_{part}.csv"')
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) >= least and all(STAMP.fullmatch(row[time]) for row in rows)


def test_an_unknown_part_is_refused(client):
    answer = client.get("/csv/pipeline/pie")
    assert answer.status_code == 400 and "there are hours, gaps, rejects, runs, drift" in answer.json()["error"]
