from collections import Counter

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.probe.decode import parse_probe
from smelt.mtconnect.shdr.decode import decode_shdr
from smelt.mtconnect.unpack import unpack
from smelt.terms.observation import DECODED_DOCUMENTS, DECODED_ROWS, Reject

STAMP = b"2017-06-22T08:31:57.115Z"


@pytest.fixture(scope="module")
def nist(smelt_data):
    """Return the test bed's devices by name."""
    return {d.name: d for d in parse_probe((smelt_data / "mtconnect/nist/Devices.xml").read_bytes()).devices}


def items(decoded):
    return decoded.rows["data_item"].to_pylist()


def test_a_line_becomes_rows_and_the_log_one_document(machine):
    data = STAMP + b"|Xpos|26|mode|AUTOMATIC\r\n"
    decoded = decode_shdr(data, machine, "m1")
    assert decoded.rows.schema == DECODED_ROWS
    assert decoded.documents.schema == DECODED_DOCUMENTS
    row = pl.from_arrow(decoded.rows).row(0, named=True)
    assert row.pop("event_time").isoformat() == "2017-06-22T08:31:57.115000+00:00"
    assert row == {
        "document": 0,
        "instance_id": None,
        "sequence": None,
        "part": 0,
        "device_uuid": "m1",
        "data_item": "id_Xpos",
        "category": "SAMPLE",
        "value": 26.0,
        "text": None,
        "level": None,
        "native_code": None,
        "native_units": True,
    }
    document = pl.from_arrow(decoded.documents).row(0, named=True)
    assert (document["offset"], document["length"], document["dialect"]) == (0, len(data), "shdr")
    assert document["created_at"] is None


def test_equal_lines_are_numbered(machine):
    data = b"\n".join([STAMP + b"|Xpos|1", STAMP + b"|Xpos|2", STAMP + b"|id_Xpos|1.0", STAMP + b"|Xpos|1"])
    assert decode_shdr(data, machine, "m1").rows["part"].to_pylist() == [0, 0, 1, 2]


def test_protocol_lines_and_assets_are_skipped(machine):
    asset = STAMP + b"|@ASSET@|t1|CuttingTool|--multiline--AB\n<CuttingTool/>\n--multiline--AB\n"
    lines = [b"* PING\n* PONG 10000\n*uuid:1\n\n", asset, STAMP + b"|@REMOVE_ASSET@|t1\n", STAMP + b"|mode|MANUAL\n"]
    decoded = decode_shdr(b"".join(lines), machine, "m1")
    assert items(decoded) == ["id_mode"]
    assert decoded.rejects == ()


def test_an_asset_without_an_end_takes_no_record_along(machine):
    data = STAMP + b"|@ASSET@|t1|CuttingTool|--multiline--AB\n<CuttingTool>\n" + STAMP + b"|mode|MANUAL\n"
    decoded = decode_shdr(data, machine, "m1")
    assert items(decoded) == ["id_mode"]
    assert decoded.rejects == (Reject(0, data.index(b"\n" + STAMP), "asset without an end"),)


def test_bad_lines_are_rejected_with_their_offsets(machine):
    bad = [b"<<<<<<< HEAD", b"garbage", b"2017-06", STAMP, b"|Xpos|1", STAMP + b"|Xpos", STAMP + b"|mode|\xff"]
    good = STAMP + b"|Xpos|1"
    data = b"\n".join([line for b in bad for line in (good, b)])
    decoded = decode_shdr(data, machine, "m1")
    assert items(decoded) == ["id_Xpos"] * len(bad)
    assert [data[r.offset : r.offset + r.length] for r in decoded.rejects] == bad
    assert [r.reason for r in decoded.rejects] == [
        "git conflict marker",
        "no timestamp",
        "no timestamp",
        "a timestamp alone",
        "no timestamp",
        "key 'Xpos' has no value",
        "no UTF-8",
    ]


def test_without_a_probe_keys_are_events_under_their_own_name():
    decoded = decode_shdr(STAMP + b"|Xpos|26|m1:line|UNAVAILABLE", None, "m1")
    assert decoded.rows.select(["data_item", "category", "text", "level"]).to_pylist() == [
        {"data_item": "Xpos", "category": "EVENT", "text": "26", "level": None},
        {"data_item": "line", "category": "EVENT", "text": None, "level": "UNAVAILABLE"},
    ]


def test_a_byte_order_mark_is_no_part_of_the_first_line(machine):
    decoded = decode_shdr(b"\xef\xbb\xbf" + STAMP + b"|Xpos|1\noops", machine, "m1")
    assert items(decoded) == ["id_Xpos"]
    assert decoded.rejects == (Reject(len(STAMP) + 11, 4, "no timestamp"),)


@given(st.binary(max_size=300))
def test_no_bytes_raise(machine, data):
    at = 0
    for reject in decode_shdr(data, machine, "m1").rejects:
        assert at <= reject.offset
        at = reject.offset + reject.length
    assert at <= len(data)


@given(st.data())
def test_garbage_never_takes_a_good_line_along(machine, data):
    good = [STAMP + b"|Xpos|%d" % i for i in range(5)]
    torn = data.draw(st.lists(st.binary(max_size=90).filter(lambda b: b"\n" not in b), min_size=4, max_size=4))
    log = b"\n".join(line for pair in zip(good, [*torn, b""], strict=True) for line in pair)
    decoded = decode_shdr(log, machine, "m1")
    assert set(range(5)) <= set(decoded.rows["value"].to_pylist())


def test_a_terminal_capture_gives_all_its_records(nist, captured):
    data = captured("nist/shdr/1-31-2017-Hurco04.raw-terminal-capture.txt")
    decoded = decode_shdr(data, nist["Hurco04"], "mtc_adapter008")
    assert decoded.rejects == ()
    records = data.replace(b"\r", b"").replace(b"\n", b"").count(b"Z|")
    assert decoded.rows.num_rows == records - 1 + 15  # the first record holds 15 pairs
    overrides = pl.from_arrow(decoded.rows).filter(data_item="Hurco04-C_3")
    assert set(overrides["native_units"]) <= {True, False}


def test_a_log_whose_records_were_split_at_a_number(nist, captured):
    """Somebody broke these lines before every '2017', a block number among them."""
    data = unpack(captured("nist/parts/Plate-Hurco04-02of20.txt.gz")).data
    decoded = decode_shdr(data, nist["Hurco04"], "mtc_adapter008")
    assert [data[r.offset : r.offset + r.length] for r in decoded.rejects] == [b"2017"]
    assert decoded.rows.num_rows == 7198


def test_a_real_log_with_assets(machine, captured):
    data = captured("cppagent/okuma.txt")
    decoded = decode_shdr(data, None, "OKUMA.123456")
    assert decoded.rejects == ()
    assert "@ASSET@" not in items(decoded)
    assert Counter(decoded.rows["category"].to_pylist())["CONDITION"] == 40


def test_the_day_of_the_servo_lag(nist, captured):
    decoded = decode_shdr(unpack(captured("nist/shdr/GFAgie01-20161108-20161109.txt.gz")).data, nist["GFAgie01"], "u")
    rows = pl.from_arrow(decoded.rows)
    assert (rows.height, decoded.rejects) == (25_822, ())
    lag = rows.filter((pl.col("level") == "FAULT") & (pl.col("text") == "Excessive servo lag in Y"))
    assert str(lag["event_time"].min()).startswith("2016-11-08 12:17:19.087")
    assert set(lag["native_code"]) == {"26"}
    assert rows.filter(data_item="GFAgie01-X_2")["native_units"].sum() > 0


@pytest.mark.slow
def test_all_logs_of_a_machine_without_a_reject(nist, smelt_data):
    tables = []
    for path in sorted((smelt_data / "nist_sms" / "GFAgie01").iterdir()):
        decoded = decode_shdr(unpack(path.read_bytes()).data, nist["GFAgie01"], "mtc_adapter001")
        assert decoded.rejects == ()
        tables.append(decoded.rows)
    rows = pl.from_arrow(pa.concat_tables(tables))
    assert rows.height == 673_414
    assert set(rows["category"]) == {"SAMPLE", "EVENT", "CONDITION"}
    assert set(rows["level"].drop_nulls()) == {"NORMAL", "WARNING", "FAULT", "UNAVAILABLE"}


def test_times_as_old_adapters_and_people_write_them(machine):
    stamps = ("2017-06-22 08:31:57", "06/22/2017 08:31:57 PM", "2017-06-22T08:31:57.  5Z", "2017/06/22  8:31:57.25")
    data = "\n".join(f"{stamp}|Xpos|1" for stamp in stamps).encode()
    decoded = decode_shdr(data, machine, "m1")
    assert decoded.rejects == ()
    assert [str(time.time()) for time in decoded.rows["event_time"].to_pylist()] == [
        "08:31:57",
        "20:31:57",
        "08:31:57.005000",
        "08:31:57.250000",
    ]
