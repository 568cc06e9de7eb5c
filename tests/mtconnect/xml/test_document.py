import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.xml.decode import decode_xml
from smelt.terms.observation import Origin

NOWHERE = Origin()
STAMP = 'timestamp="2020-01-01T00:00:10Z"'
HEAD = f'dataItemId="a" sequence="1" {STAMP}'


def rows_of(data: bytes, origin: Origin = NOWHERE) -> list[dict]:
    return pl.from_arrow(decode_xml(data, origin).rows).to_dicts()


def row_of(xml_document, category: str, element: str) -> dict:
    (row,) = rows_of(xml_document((category, element)))
    return row


def test_a_namespace_prefix_says_nothing(xml_document):
    data = xml_document(("Samples", f'<x:Filter x:name="v" {HEAD}>1.5</x:Filter>'))
    for name in (b"MTConnectStreams", b"Header", b"Streams", b"DeviceStream", b"ComponentStream", b"Samples"):
        data = data.replace(b"<" + name, b"<m:" + name).replace(b"</" + name, b"</m:" + name)
    assert data.count(b"m:") == 11
    assert [(r["data_item"], r["value"]) for r in rows_of(data)] == [("a", 1.5)]


def test_pretty_printing_says_nothing(xml_document):
    flat = xml_document(("Events", f'<VariableDataSet {HEAD}><Entry key="b">1</Entry></VariableDataSet>'))
    assert rows_of(flat.replace(b"><", b">\r\n\t  <")) == rows_of(flat)


@pytest.mark.parametrize("level", ["Normal", "NORMAL", "normal"])
def test_a_conditions_level_is_its_element_in_any_case(xml_document, level):
    row = row_of(xml_document, "Condition", f'<{level} {HEAD} type="SYSTEM"/>')
    assert (row["category"], row["level"], row["native_code"], row["text"]) == ("CONDITION", "NORMAL", None, None)


def test_conditions_with_several_codes_each_have_a_row(xml_document):
    first = f'<Fault {HEAD} nativeCode="404" type="SYSTEM">servo &lt;X&gt;</Fault>'
    second = f'<Warning dataItemId="a" sequence="2" {STAMP} conditionId="9" type="SYSTEM"/>'
    found = rows_of(xml_document(("Condition", first + second)))
    assert [(r["level"], r["native_code"], r["text"]) for r in found] == [
        ("FAULT", "404", "servo <X>"),
        ("WARNING", "9", None),
    ]


def test_an_unknown_level_is_rejected_alone(xml_document):
    good = f'<Normal dataItemId="a" sequence="2" {STAMP} type="SYSTEM"/>'
    decoded = decode_xml(xml_document(("Condition", f'<Severe {HEAD} type="SYSTEM">x</Severe>{good}')), NOWHERE)
    assert decoded.rows["sequence"].to_pylist() == [2]
    assert "'Severe' is no level" in decoded.rejects[0].reason


@pytest.mark.parametrize(
    ("text", "value"), [("1E-005", 1e-5), (" 12.5 ", 12.5), ("inf", math.inf), ("-INF", -math.inf), ("100", 100.0)]
)
def test_a_samples_text_is_a_number(xml_document, text, value):
    row = row_of(xml_document, "Samples", f"<Load {HEAD}>{text}</Load>")
    assert (row["value"], row["text"]) == (value, None)


def test_a_sample_that_is_no_number(xml_document):
    assert math.isnan(row_of(xml_document, "Samples", f"<Load {HEAD}>nan</Load>")["value"])
    assert row_of(xml_document, "Samples", f"<Load {HEAD}>12 mm</Load>")["text"] == "12 mm"
    assert row_of(xml_document, "Samples", f"<Load {HEAD}>UNAVAILABLE</Load>")["level"] == "UNAVAILABLE"
    empty = row_of(xml_document, "Samples", f"<Load {HEAD}/>")
    assert (empty["value"], empty["text"], empty["level"]) == (None, None, None)


def test_a_three_space_sample_is_a_vector(xml_document):
    row = row_of(xml_document, "Samples", f"<PathPosition {HEAD}>93.259 -68.583 29.451</PathPosition>")
    assert row["text"] == "[93.259,-68.583,29.451]"


def test_cdata_entities_and_comments_in_text(xml_document):
    text = "a&lt;b <!-- no --><![CDATA[<x> & ]]>&#252;&quot;"
    assert row_of(xml_document, "Events", f"<Message {HEAD}>{text}</Message>")["text"] == 'a<b <x> & ü"'


def test_an_event_keeps_its_text_and_blanks(xml_document):
    assert row_of(xml_document, "Events", f"<Block {HEAD}> G1 X1  </Block>")["text"] == " G1 X1  "
    assert row_of(xml_document, "Events", f"<Program {HEAD}>0815</Program>")["value"] is None
    assert row_of(xml_document, "Events", f"<Program {HEAD}/>")["text"] == ""


def test_a_message_has_its_code_and_a_reset_its_trigger(xml_document):
    assert row_of(xml_document, "Events", f'<Message {HEAD} nativeCode="E42">x</Message>')["native_code"] == "E42"
    reset = row_of(xml_document, "Samples", f'<Amperage {HEAD} resetTriggered="SHIFT">0</Amperage>')
    assert (reset["value"], reset["native_code"]) == (0.0, "SHIFT")


def test_data_sets_and_tables(xml_document):
    entries = '<Entry key="a">1</Entry><Entry key="b" removed="true"/><Entry key="c">two words</Entry>'
    row = row_of(xml_document, "Events", f'<VariableDataSet {HEAD} count="3">{entries}</VariableDataSet>')
    assert row["text"] == '{"a":1,"b":{"removed":true},"c":"two words"}'
    cells = '<Entry key="G54"><Cell key="Z">-1.50</Cell><Cell key="X" removed="true"/></Entry>'
    row = row_of(xml_document, "Events", f'<WorkOffsetTable {HEAD} count="1">{cells}</WorkOffsetTable>')
    assert row["text"] == '{"G54":{"X":{"removed":true},"Z":-1.5}}'
    assert row_of(xml_document, "Events", f'<VariableDataSet {HEAD} count="0"/>')["text"] == "{}"
    gone = row_of(xml_document, "Events", f'<VariableDataSet {HEAD} count="0">UNAVAILABLE</VariableDataSet>')
    assert (gone["level"], gone["text"]) == ("UNAVAILABLE", None)


def test_a_time_series_by_its_own_rate_or_the_probes(xml_document):
    series = '<AccelerationTimeSeries {} sampleCount="3"{}>1 nan 3</AccelerationTimeSeries>'
    known = Origin(sample_rates={("m1", "a"): 2.0})
    for data, origin in (
        (xml_document(("Samples", series.format(HEAD, ' sampleRate="2"'))), NOWHERE),
        (xml_document(("Samples", series.format(HEAD, ""))), known),
    ):
        found = rows_of(data, origin)
        assert [(r["part"], str(r["value"]), r["event_time"].timestamp() % 60) for r in found] == [
            (0, "1.0", 9.0),
            (1, "nan", 9.5),
            (2, "3.0", 10.0),
        ]
    (together,) = rows_of(xml_document(("Samples", series.format(HEAD, ""))))
    assert (together["value"], together["text"]) == (None, '[1.0,"NaN",3.0]')


@pytest.mark.parametrize("lost", ['dataItemId="a"', 'sequence="1"', STAMP])
def test_an_observation_without_its_key_is_rejected_alone(xml_document, lost):
    bad = f"<Load {HEAD}>1</Load>".replace(lost, "")
    good = f'<Load dataItemId="a" sequence="2" {STAMP}>2</Load>'
    data = xml_document(("Samples", bad + good))
    decoded = decode_xml(data, NOWHERE)
    assert decoded.rows["sequence"].to_pylist() == [2]
    (reject,) = decoded.rejects
    assert data[reject.offset : reject.offset + reject.length].decode() == bad
    assert reject.reason.startswith("observation: ")


def test_a_device_without_uuid_is_rejected_observation_by_observation(xml_positions):
    decoded = decode_xml(xml_positions().replace(b' uuid="m1"', b""), NOWHERE)
    assert (decoded.rows.num_rows, len(decoded.rejects)) == (0, 3)
    assert "no uuid" in decoded.rejects[0].reason


def test_an_unknown_element_is_rejected_and_the_rest_kept(xml_document):
    good = f"<Load {HEAD}>1</Load>"
    data = xml_document(("Samples", good), ("Extras", "<Load>2</Load>"), ("Events", ""))
    decoded = decode_xml(data, NOWHERE)
    assert decoded.rows["sequence"].to_pylist() == [1]
    assert [r.reason for r in decoded.rejects] == ["unknown element"]


@pytest.mark.parametrize("spoiled", [b"\xff", b"\x00", b"&nope;", b"&"])
def test_a_bad_byte_in_a_text_takes_that_observation_alone(xml_positions, spoiled):
    data = xml_positions(1, count=4).replace(b">2.5<", b">2" + spoiled + b"5<")
    decoded = decode_xml(data, NOWHERE)
    assert decoded.rows["sequence"].to_pylist() == [1, 3, 4]
    (reject,) = decoded.rejects
    assert data[reject.offset :].startswith(b'<Position dataItemId="x" sequence="2"')
    assert data[: reject.offset + reject.length].endswith(b"5</Position>")
    assert "at byte" in reject.reason


def test_a_bad_start_tag_takes_that_observation_alone(xml_positions):
    data = xml_positions(1, count=4).replace(b'sequence="2"', b"sequence=2")
    decoded = decode_xml(data, NOWHERE)
    assert decoded.rows["sequence"].to_pylist() == [1, 3, 4]
    assert len(decoded.rejects) == 1


def test_behind_a_tear_the_next_device_is_read(xml_positions):
    first, second = xml_positions(1, count=4), xml_positions(5, count=2, uuid="m2")
    device = second[second.index(b"<DeviceStream") : second.index(b"</Streams>")]
    cut = first.index(b'quence="3"')
    end = first.index(b"</ComponentStream>")
    data = first[:cut] + first[end:].replace(b"</Streams>", device + b"</Streams>")
    decoded = decode_xml(data, NOWHERE)
    found = zip(decoded.rows["device_uuid"].to_pylist(), decoded.rows["sequence"].to_pylist(), strict=True)
    assert list(found) == [("m1", 1), ("m1", 2), ("m2", 5), ("m2", 6)]
    (reject,) = decoded.rejects
    assert data[reject.offset + reject.length :].startswith(b'<DeviceStream name="Mill" uuid="m2"')


def test_torn_at_every_byte(xml_positions):
    whole, behind = xml_positions(1, count=2), xml_positions(7, count=1)
    ends = [whole.index(b"/>") + 2, *(i + 11 for i in range(len(whole)) if whole.startswith(b"</Position>", i))]
    assert len(ends) == 3
    for at in range(len(whole)):
        data = whole[:at] + behind
        decoded = decode_xml(data, NOWHERE)
        complete = sum(end <= at for end in ends[1:])
        assert decoded.rows["sequence"].to_pylist() == [*[1, 2][:complete], 7]
        assert len(decoded.rejects) == (at > 0)
        if at > 0:
            reject = decoded.rejects[0]
            kept = ends[complete] if at >= ends[0] else 0
            assert (reject.offset, reject.offset + reject.length) == (kept, len(whole[:at].rstrip()))


@given(st.data())
def test_a_torn_document_never_takes_its_neighbours_along(xml_positions, data):
    torn = xml_positions(10, count=3)
    start = data.draw(st.integers(0, len(torn)))
    torn = torn[: data.draw(st.integers(0, start))] + torn[start:] if data.draw(st.booleans()) else torn[:start]
    garbage = data.draw(st.sampled_from([b"", b"\n", b"garbage", b'"', b"<", b"</x>", b"\xff", b"<!--", b"<![CDATA["]))
    joined = xml_positions(1) + torn + garbage + xml_positions(4)
    found = decode_xml(joined, NOWHERE).rows["sequence"].to_pylist()
    assert [n for n in found if n < 10] == [1, 2, 3, 4, 5, 6]
    assert set(found) <= {1, 2, 3, 4, 5, 6, 10, 11, 12}


@given(st.data())
def test_real_documents_with_changed_bytes(captured, data):
    changed = bytearray(captured("captured/okuma_v2/sample_after_disconnect.xml"))
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    behind = captured("captured/nist_v1/sample_after_disconnect.xml")
    decoded = decode_xml(bytes(changed) + behind, NOWHERE)
    last = decoded.documents.num_rows - 1
    assert sum(place == last for place in decoded.rows["document"].to_pylist()) == 55


def test_a_header_behind_the_streams_is_the_documents(xml_positions):
    data = xml_positions().decode()
    header = data[data.index("<Header") : data.index("<Streams")]
    decoded = decode_xml(data.replace(header, "").replace("</Streams>", f"</Streams>{header}").encode(), Origin())
    assert (decoded.rows["instance_id"].to_pylist(), decoded.rejects) == ([7, 7, 7], ())
    assert decoded.documents["next_sequence"].to_pylist() == [9]


def test_what_is_torn_behind_an_unknown_element_is_rejected_from_there_on(xml_document):
    data = xml_document(("Events", "<x/>")).split(b"<ComponentStream")[0] + b"<Odd/><ComponentStream"
    decoded = decode_xml(data, Origin())
    odd = data.index(b"<Odd/>")
    assert [(r.offset, r.length) for r in decoded.rejects] == [(odd, 6), (odd + 6, len(data) - odd - 6)]
