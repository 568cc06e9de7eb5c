"""Counts of `smelt decode --summary` against counting by brute force, on real files."""

import re
from pathlib import Path

import pytest

from smelt.cli.decoded_file import Known, ReadFile
from smelt.cli.decoded_summary import summarize
from smelt.mtconnect.unpack import unpack


def summary_of(path: Path):
    file = ReadFile(path, Known())
    return summarize(path.name, file.pieces(), file.rejects)


DOCUMENTS = [
    "captured/nist_v1/current_mid.json",
    "captured/nist_v1/poll_03.json",
    "captured/okuma_v2/poll_02.json",
    "captured/okuma_v2/current_mid.xml",
    "captured/shapes_v2/sample.json",
    "captured/shapes_v2/sample.xml",
    "demo_agent_2.7/sample_chunk1.xml",
    "ladder99/ccs-pa_sample.cppagent1.7.json-v1.json",
    "ladder99/ccs-pa_current.xml",
    "trakhound/json-cppagent-v2.streams.json",
    "trakhound/json-trakhound.streams.json",
    "trakhound/Current-Mazak-HCN001-2.0.xml",
    "nist/streams_xml/qdr_input369.xml.gz",
    "okuma_stepnc/sample_200ms.xml.gz",
    "python-mtc2kafka/MTConnectCurrent.xml",
]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_data_item_id_and_sequence_of_a_document_is_counted(smelt_data, name):
    path = smelt_data / "mtconnect" / name
    data = unpack(path.read_bytes()).data
    sequences = [int(n) for n in re.findall(rb'[" ]sequence(?:"\s*:\s*"?|=")(\d+)', data)]
    items = re.findall(rb'[" ]dataItemId(?:"\s*:|=)', data)
    (found,) = summary_of(path)
    assert found.rejects == []
    assert found.observations == len(sequences) == len(items)
    assert (found.lowest_sequence, found.highest_sequence) == (min(sequences), max(sequences))


@pytest.mark.parametrize(
    "name", ["nist/shdr/Hurco01-20170518-20170519.txt", "nist/shdr/Hurco03-20180606-20180607.idle.txt"]
)
def test_every_pair_of_a_log_is_counted(smelt_data, name):
    path = smelt_data / "mtconnect" / name
    expected = 0
    for line in path.read_text().splitlines():
        _stamp, *fields = line.split("|")
        level = fields[1].upper() if len(fields) > 1 else ""
        is_condition = level in ("NORMAL", "WARNING", "FAULT", "UNAVAILABLE") and len(fields) == 6
        expected += 1 if is_condition else len(fields) // 2
    (found,) = summary_of(path)
    assert (found.kind, found.dialect, found.rejects) == ("SHDR", "shdr", [])
    assert found.observations == found.rows == expected
    assert found.first_sequence is None and found.instance_id is None


def test_the_parts_of_a_recorded_stream(smelt_data):
    path = smelt_data / "mtconnect/captured/okuma_v2/stream_current_json.http"
    found = summary_of(path)
    assert len(found) == path.read_bytes().count(b'"MTConnectStreams"')
    assert sum(s.observations for s in found) == path.read_bytes().count(b'"dataItemId"')


def test_a_reject_stands_on_the_document_that_it_lies_in(tmp_path):
    heartbeat = b'{"MTConnectStreams":{"Header":{"instanceId":%d},"Streams":{}}}'
    (tmp_path / "a").write_bytes(b"oops" + heartbeat % 1 + b"oops" + heartbeat % 2 + (heartbeat % 3)[:40])
    found = summary_of(tmp_path / "a")
    assert [s.instance_id for s in found] == [1, 2]
    assert [[r["offset"] for r in s.rejects] for s in found] == [[0, 4 + 61], [4 + 61 + 4 + 61]]


def test_records_without_a_header_tell_their_own_sequences(tmp_path):
    record = b'{"dataItemId":"a","timestamp":"2020-01-01T00:00:00Z","result":"1","sequence":%d}\n'
    (tmp_path / "a").write_bytes(record % 9 + record % 4)
    (found,) = summary_of(tmp_path / "a")
    assert (found.kind, found.dialect, found.first_sequence, found.last_sequence) == ("records", "entities", 4, 9)
