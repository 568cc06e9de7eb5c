"""sql, config, doctor: text, JSON on one line, CSV that pandas reads."""

import io
import json
from pathlib import Path

import pandas as pd


def test_json_is_one_line_of_valid_json(said, done: Path) -> None:
    rows = said("sql", "--plant", done, "select sum(rows_written) as n, 'nan'::double as x from ops.runs")
    assert rows == [{"n": rows[0]["n"], "x": None}]
    assert isinstance(rows[0]["n"], int)


def test_csv_is_read_by_pandas(smelt, done: Path) -> None:
    sql = "select device_uuid, minute, load, is_live from gold.machine_minutes order by 1, 2"
    result = smelt("sql", "--plant", done, "--csv", sql)
    frame = pd.read_csv(io.StringIO(result.stdout), parse_dates=["minute"])
    assert frame.shape == (360, 4)
    assert str(frame["minute"].dt.tz) == "UTC" and frame["load"].dtype == float and frame["is_live"].dtype == bool


def test_cells_that_a_spreadsheet_would_run_are_quoted(smelt, done: Path) -> None:
    sql = "select unnest(['=1+1', '+1', '-1', '@x', 'plain, with comma', 'a\"b']) as c, -1.5 as n"
    result = smelt("sql", "--plant", done, "--csv", sql)
    frame = pd.read_csv(io.StringIO(result.stdout))
    assert frame["c"].tolist() == ["'=1+1", "'+1", "'-1", "'@x", "plain, with comma", 'a"b']
    assert frame["n"].tolist() == [-1.5] * 6


def test_a_filter_on_any_column_finds_rows(said, done: Path) -> None:
    (row,) = said("sql", "--plant", done, "select count(*) as n from copper.observations where value > 0")
    assert row["n"] == 720


def test_config_shows_values_and_origins(said, smelt, done: Path) -> None:
    rows = {r["name"]: (r["value"], r["origin"]) for r in said("config", "--plant", done, "--lake", "/data/lake")}
    assert rows["lake.uri"] == ("/data/lake", "flag")
    assert rows["training.trees"] == (5, "file plant.toml")
    assert rows["alarms.budget_per_168h"] == (2.0, "default")
    assert "training.trees" in smelt("config", "--plant", done).stdout


def test_doctor_says_what_is_well(smelt, done: Path) -> None:
    result = smelt("doctor", "--plant", done, "--json", "--port", "0")
    checks = {c["name"]: c["is_well"] for c in json.loads(result.stdout)}
    assert checks["plant"] and checks["lake"] and checks["mappings"]


def test_a_port_that_cannot_be_is_refused(smelt) -> None:
    result = smelt("serve", "--port", "99999")
    assert result.exit_code == 2 and "pages at" not in result.output
