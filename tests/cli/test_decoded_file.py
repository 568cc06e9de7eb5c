"""No file on earth is a traceback: random bytes, real files with changed bytes, cut ones."""

import bz2
import random
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.cli.decoded_file import Known, ReadFile
from smelt.cli.decoded_lines import columns, records
from smelt.cli.decoded_summary import summarize
from smelt.mtconnect.dialect import decode
from smelt.terms.errors import InputError
from smelt.terms.observation import Origin, Probe, ProbedDevice

SMALL = [
    "captured/okuma_v2/poll_00.json",
    "captured/nist_v1/sample_negative_count.json",
    "captured/okuma_v2/sample_after_disconnect.xml",
    "captured/shapes_v2/shapes_sc.txt",
    "captured/nist_v1/error_path.xml",
    "cppagent/samples_data_set.xml",
    "trakhound/Current-Simple.malformed-values.xml",
    "nist/shdr/Hurco03-20180606-20180607.idle.txt",
    "python-mtc2kafka/MTConnectStreams.xml",
]


def examine(path: Path):
    file = ReadFile(path, Known())
    found = summarize(path.name, file.pieces(), file.rejects)
    assert found
    for summary in found:
        assert 0 <= summary.observations <= summary.rows and 0 <= summary.conditions <= summary.rows
        assert summary.kind is not None or (summary.rows, len(found)) == (0, 1)
        assert all(r["offset"] >= 0 and r["length"] >= 0 and r["reason"] for r in summary.rejects)
    return found


@pytest.mark.parametrize("name", SMALL)
def test_real_files_with_changed_bytes(smelt_data, tmp_path, name):
    data = (smelt_data / "mtconnect" / name).read_bytes()
    rng = random.Random(name)
    for _ in range(12):
        changed = bytearray(data[: rng.randrange(1, len(data) + 1)])
        for _ in range(rng.randrange(4)):
            changed[rng.randrange(len(changed))] = rng.choice(b'\0"{}<>|\\\n,\xff')
        (tmp_path / "a").write_bytes(changed)
        examine(tmp_path / "a")


@given(st.binary(max_size=300))
def test_random_bytes(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "random"
    path.write_bytes(data)
    examine(path)
    decoded = decode(data, Origin(log_device_uuid="m1"))
    assert len(list(columns(decoded))) == len(list(records(decoded))) == decoded.rows.num_rows


@pytest.mark.slow
def test_every_file_of_the_real_data(smelt_data):
    for path in sorted((smelt_data / "mtconnect").rglob("*")):
        if path.is_file():
            examine(path)


def device(name: str) -> ProbedDevice:
    return ProbedDevice("u" + name, name, False, ())


def test_whose_log_a_file_is():
    two = Known(Probe(None, None, (device("M1"), device("M2"))))
    one = Known(Probe(None, None, (device("M1"), ProbedDevice("a", "Agent", True, ()))))
    assert two.log_device(Path("M2-2017.txt")) == device("M2")
    assert two.log_device(Path("log.txt")) is None
    assert one.log_device(Path("log.txt")) == device("M1")
    assert Known(two.probe, "uM2").log_device(Path("M1-2017.txt")) == device("M2")
    assert Known(None, "x").log_device(Path("M1-2017.txt")) is None
    with pytest.raises(InputError, match="no device 'M3' in the probe; its devices are M1, M2"):
        Known(two.probe, "M3").log_device(Path("a"))


def test_a_zip_is_read_as_ingest_reads_it_and_a_foreign_container_told(tmp_path, smelt_data):
    path = tmp_path / "delivered"
    with zipfile.ZipFile(path, "w") as packed:  # stored, not deflated: its members can be seen in the bytes
        for name in ("captured/okuma_v2/poll_00.json", "captured/okuma_v2/sample_after_disconnect.xml"):
            packed.writestr(name, (smelt_data / "mtconnect" / name).read_bytes())
    assert [(s.dialect, s.rejects) for s in examine(path)] == [("json-v2", []), ("xml", [])]
    path.write_bytes(bz2.compress(b"<MTConnectStreams/>"))
    assert "bzip2" in examine(path)[0].rejects[0]["reason"]
