import gzip
import os
from threading import Thread

import orjson
import pytest
from typer.testing import CliRunner

from smelt.cli.main import app

KEYS = {
    "file", "kind", "dialect", "agent", "instance_id", "observations", "rows", "conditions", "first_sequence",
    "last_sequence", "lowest_sequence", "highest_sequence", "rejects",
}  # fmt: skip
DOCUMENT = (
    b'{"MTConnectStreams":{"Header":{"instanceId":7,"sender":"here","firstSequence":1,"nextSequence":4,"lastSequence":90},'
    b'"Streams":{"DeviceStream":[{"uuid":"m1","ComponentStream":[{"Samples":{"LoadTimeSeries":[{"dataItemId":"l",'
    b'"sequence":2,"timestamp":"2020-01-01T00:00:01Z","value":[1.0,"NaN"],"sampleRate":10}]},"Events":{"Block":['
    b'{"dataItemId":"b","sequence":3,"timestamp":"2020-01-01T00:00:02.5Z","value":"a\\u001b[2Jb\\n"}]},"Condition":'
    b'{"Fault":[{"dataItemId":"c","sequence":1,"timestamp":"2020-01-01T00:00:00Z","value":"hot","nativeCode":"7"}]}}]}]}}}'
)


@pytest.fixture
def run(tmp_path):
    def go(content: bytes, *arguments: str, name: str = "a.json"):
        path = tmp_path / name
        path.write_bytes(content)
        return CliRunner().invoke(app, ["decode", str(path), *arguments])

    return go


def lines(result):
    return [orjson.loads(line) for line in result.stdout.splitlines()]


def test_an_observation_a_line(run):
    result = run(DOCUMENT)
    assert result.exit_code == 0
    shown = [line.split() for line in result.stdout.splitlines()]
    assert shown[0] == ["2020-01-01T00:00:00.900000Z", "m1", "l", "SAMPLE", "1", "#2"]
    assert shown[1] == ["2020-01-01T00:00:01Z", "m1", "l", "SAMPLE", "NaN", "#2.1"]
    assert shown[2][4:] == ["a\\x1b[2Jb\\n", "#3"]  # nothing in a document moves the cursor
    assert shown[3][3:] == ["CONDITION", "FAULT", "7", "hot", "#1"]


def test_every_field_as_json(run):
    found = lines(run(DOCUMENT, "--json"))
    assert found[1] == {
        "document": 0, "instance_id": 7, "sequence": 2, "part": 1, "device_uuid": "m1", "data_item": "l",
        "category": "SAMPLE", "event_time": "2020-01-01T00:00:01Z", "value": "NaN", "text": None, "level": None,
        "native_code": None, "native_units": False,
    }  # fmt: skip
    assert len(found) == 4


def test_a_summary_has_exactly_its_keys(run):
    (found,) = lines(run(gzip.compress(DOCUMENT), "--summary", "--json", name="a.gz"))
    assert set(found) == KEYS
    assert (found["kind"], found["dialect"], found["agent"], found["instance_id"]) == (
        "MTConnectStreams",
        "json-v2",
        "here",
        7,
    )
    assert (found["observations"], found["rows"], found["conditions"]) == (3, 4, 1)
    assert (found["first_sequence"], found["last_sequence"]) == (1, 90)
    assert (found["lowest_sequence"], found["highest_sequence"], found["rejects"]) == (1, 3, [])


def test_a_summary_for_people_is_a_table(run):
    result = run(DOCUMENT + b"oops", "--summary")
    assert result.exit_code == 1
    assert "json-v2" in result.stdout and "1: neither an MTConnect document nor a record" in result.stdout


@pytest.mark.parametrize(
    "content", [b"garbage", b"\x1f\x8b\x08garbage", b"\xff" * 100, b'{"a":', b"<a/>", b"\0" * 9 + b"x"]
)
def test_garbage_is_a_line_with_rejects_and_exit_code_1(run, content):
    result = run(content, "--summary", "--json")
    assert result.exit_code == 1
    (found,) = lines(result)
    assert set(found) == KEYS
    assert found["kind"] is None and found["rejects"]
    for reject in found["rejects"]:
        assert set(reject) == {"offset", "length", "reason"}
        assert 0 <= reject["offset"] <= reject["offset"] + reject["length"] <= len(content)
    assert run(content).exit_code == 1


def test_an_empty_file_is_a_line_without_a_kind(run):
    result = run(b"", "--summary", "--json")
    assert (result.exit_code, lines(result)[0]["kind"], lines(result)[0]["rejects"]) == (0, None, [])


def test_a_missing_file_is_one_sentence(tmp_path):
    for path, told in ((tmp_path / "none.json", "does not exist"), (tmp_path, "is a folder")):
        result = CliRunner().invoke(app, ["decode", str(path)])
        assert result.exit_code == 2
        assert told in result.output and result.output.startswith("smelt: ")


@pytest.mark.parametrize("content", [DOCUMENT, gzip.compress(DOCUMENT)])
def test_standard_input_and_pipes_are_read(run, tmp_path, content):
    said = lines(run(content, "--json"))
    assert lines(CliRunner().invoke(app, ["decode", "-", "--json"], input=content)) == said
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = Thread(target=pipe.write_bytes, args=(content,))
    writer.start()
    assert lines(CliRunner().invoke(app, ["decode", str(pipe), "--json"])) == said
    writer.join()


LOG = b"2017-06-22T08:31:57.115Z|Xpos|26|motion|x\n2017-06-22 08:31:58|Xpos|27\ntorn"


def test_a_log_takes_its_device_from_its_name(run):
    result = run(LOG, "--json", name="Mazak01-20170622.txt")
    assert {row["device_uuid"] for row in lines(result)} == {"Mazak01"}
    assert "4 bytes from byte 70: no timestamp" in result.stderr and result.exit_code == 1


def test_a_log_takes_its_device_from_the_option(run):
    (found,) = {row["device_uuid"] for row in lines(run(LOG, "--json", "--device", "m9"))}
    assert found == "m9"


def test_a_probe_gives_a_log_its_categories(run, tmp_path):
    item = '<DataItem id="x" name="Xpos" category="SAMPLE" type="POSITION"/>'
    device = f'<Device name="Mill" uuid="m1" id="d"><DataItems>{item}</DataItems></Device>'
    probe = tmp_path / "probe.xml"
    probe.write_text(f"<MTConnectDevices><Devices>{device}</Devices></MTConnectDevices>")
    rows = lines(run(LOG, "--json", "--probe", str(probe)))
    assert [(r["device_uuid"], r["data_item"], r["category"], r["value"]) for r in rows if r["value"]] == [
        ("m1", "x", "SAMPLE", 26.0),
        ("m1", "x", "SAMPLE", 27.0),
    ]
    result = run(LOG, "--probe", str(probe), "--device", "Lathe")
    assert result.exit_code == 2 and "no device 'Lathe' in the probe; its devices are Mill" in result.output


def test_several_files_are_told_apart(run, tmp_path):
    other = tmp_path / "b.json"
    other.write_bytes(DOCUMENT)
    assert {row["file"] for row in lines(run(DOCUMENT, str(other), "--json"))} == {str(tmp_path / "a.json"), str(other)}
