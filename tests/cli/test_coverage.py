"""smelt coverage: what a person reads of a device, what a program gets, and what is refused."""

import shutil
from datetime import timedelta
from pathlib import Path

from tests.plants import HOUR, START, clock, copy_plant, hour_of_work, hourly, land, name_of, packed

from smelt.runs.run import Request, run


def test_a_device_that_is_whole(smelt, done: Path) -> None:
    result = smelt("coverage", "mill", "--plant", done)
    assert result.exit_code == 0, result.output
    text = result.stdout
    assert text.startswith("MILL (machine)  2020-01-01 00:00 to 2020-01-01 03:00 UTC, data until 2020-01-01 03:00")
    assert "received      368 observations of about 368 expected (100.0%)" in text
    assert "lateness      p50" in text and "rejects       none" in text
    assert f"smelt run --plant {done}" in text
    bars = [line for line in text.splitlines() if "████████████████████ 100.0%" in line]
    assert len(bars) == 3  # in contact all the time, though it knew nothing in its first second
    assert "unavailable 1 s" in text


def test_as_json_with_a_range(said, done: Path) -> None:
    found = said("coverage", "MILL", "--plant", done, "--from", "2020-01-01T01:00Z", "--to", "2020-01-01T02:00Z")
    assert (found["from"], found["to"], found["hours_each"]) == ("2020-01-01T01:00:00Z", "2020-01-01T02:00:00Z", 1)
    (cell,) = found["cells"]
    assert cell["start"] == "2020-01-01T01:00:00Z" and cell["contact"] == 1 and cell["received"] == cell["expected"]
    assert found["gaps"] == [] and found["arrival"]["observations"] == cell["received"]
    assert found["agents"][0]["restarts"] == []


def test_a_lost_hour_and_a_reject_are_told(smelt, said, done: Path, tmp_path: Path) -> None:
    root = copy_plant(done, tmp_path / "plant")
    land(root, [list(hourly(5))[4], ("2020/01/01/04/odd.json.gz", b"no gzip at all")])  # the hour before it never came
    run(Request(root, {}, parts=("ingest", "stages")), clock)
    text = smelt("coverage", "MILL", "--plant", root).stdout
    lost = said("coverage", "MILL", "--plant", root)
    (gap,) = [g for g in lost["gaps"] if g["kind"] == "lost"]
    assert (
        gap["count"] == sum(a["lost"] for a in lost["agents"]) > 200 and f"{gap['count']:,} observations lost" in text
    )
    assert gap["start"].startswith(f"{START:%Y-%m-%d}T02:59") and gap["end"].startswith("2020-01-01T04:00")
    assert [r["path"] for r in lost["rejects"]] == ["2020/01/01/04/odd.json.gz"] and "odd.json.gz" in text


def test_before_coverage_is_made_what_was_received_is_told(smelt, done: Path, tmp_path: Path) -> None:
    root = copy_plant(done, tmp_path / "plant")
    shutil.rmtree(root / "lake")
    run(Request(root, {}, parts=("ingest",)), clock)
    text = smelt("coverage", "MILL", "--plant", root).stdout
    assert "no coverage yet: 'smelt run' makes it" in text and "received      368 observations" in text
    assert "not covered yet" in text


def test_an_unknown_device_and_a_range_that_is_none(smelt, done: Path) -> None:
    result = smelt("coverage", "MIL", "--plant", done)
    assert result.exit_code == 2 and "did you mean 'MILL'" in result.output and "Traceback" not in result.output
    for wrong, words in (("noon", "is not a time"), ("2030-01-01", "expected --from before --to")):
        result = smelt("coverage", "MILL", "--plant", done, "--from", wrong)
        assert result.exit_code == 2 and words in " ".join(result.output.split())


def test_an_hour_of_heartbeats_alone_lacks_nothing_and_says_so(smelt, done: Path, tmp_path: Path) -> None:
    root = copy_plant(done, tmp_path / "plant")
    said = sum(len(hour_of_work(hour)) for hour in range(3))
    beats = [START + 3 * HOUR + timedelta(minutes=5 * k) for k in range(13)]
    land(root, [(name_of(3, f"beat-{k}"), packed([], said + 1, at)) for k, at in enumerate(beats)])
    land(root, [(name_of(4), packed(hour_of_work(4), said + 1, START + 5 * HOUR))])
    run(Request(root, {}, parts=("ingest", "stages")), clock)
    hour = ("coverage", "MILL", "--plant", root, "--from", "2020-01-01T03:00Z", "--to", "2020-01-01T04:00Z")
    text = smelt(*hour).stdout
    assert "received      nothing, and nothing was missed: it was in contact" in text
    (line,) = [line for line in text.splitlines() if line.startswith("2020-01-01 03:00  ")]
    assert line.endswith("100.0%  nothing changed") and line.split()[2:4] == ["0", "0"]
    before = smelt(*hour[:-4], "--from", "2019-01-01T03:00Z", "--to", "2019-01-01T04:00Z").stdout
    assert "received      nothing: no file told of it in this time" in before
