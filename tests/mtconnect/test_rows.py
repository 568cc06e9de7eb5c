import pyarrow as pa

from smelt.mtconnect.rows import Building, Cell, Document, Row, Rows
from smelt.terms.observation import DECODED_DOCUMENTS, DECODED_ROWS, Reject


def test_nothing_makes_empty_tables_of_the_right_schema():
    decoded = Building().finish()
    assert decoded.rows.schema == DECODED_ROWS
    assert decoded.documents.schema == DECODED_DOCUMENTS
    assert (decoded.rows.num_rows, decoded.documents.num_rows, decoded.rejects) == (0, 0, ())


def test_numbers_and_other_rows_stay_in_line():
    rows = Rows()
    rows.add_number(1, "a", 10, 0.5)
    rows.add(Row(2, 3, "b", "CONDITION", 20, Cell(None, "servo", "FAULT", "404"), True))
    rows.add_number(3, "c", 30, 1.5)
    building = Building(documents=[Document(0, 5, "MTConnectStreams", "json-v2", instance_id=9)])
    building.add_rows("m1", rows)
    table = building.finish().rows
    assert table.select(["sequence", "part", "data_item", "category", "value", "level"]).to_pylist() == [
        {"sequence": 1, "part": 0, "data_item": "a", "category": "SAMPLE", "value": 0.5, "level": None},
        {"sequence": 2, "part": 3, "data_item": "b", "category": "CONDITION", "value": None, "level": "FAULT"},
        {"sequence": 3, "part": 0, "data_item": "c", "category": "SAMPLE", "value": 1.5, "level": None},
    ]
    assert table["instance_id"].to_pylist() == [9, 9, 9]
    assert table["native_units"].to_pylist() == [False, True, False]
    assert table["event_time"].cast(pa.int64()).to_pylist() == [10, 20, 30]


def test_rows_belong_to_the_newest_document():
    building = Building()
    for instance in (1, 2):
        building.documents.append(Document(0, 5, "MTConnectStreams", "json-v2", instance_id=instance))
        rows = Rows()
        rows.add_number(1, "a", 0, 0.0)
        building.add_rows("m1", rows)
    assert building.finish().rows["document"].to_pylist() == [0, 1]


def test_rejects_come_in_order_and_never_empty():
    building = Building()
    building.reject(7, 9, "late")
    building.reject(5, 5, "nothing")
    building.reject(1, 3, "early")
    assert building.finish().rejects == (Reject(1, 2, "early"), Reject(7, 2, "late"))


def test_offsets_count_on_from_buffer_to_buffer():
    building = Building()
    for length in (10, 0, 5):
        building.documents.append(Document(2, 3, "MTConnectStreams", "json-v2"))
        building.reject(4, 6, "torn")
        building.close(length)
    decoded = building.finish()
    assert decoded.documents["offset"].to_pylist() == [2, 12, 12]
    assert [(r.offset, r.length) for r in decoded.rejects] == [(4, 2), (14, 2), (14, 2)]


def test_records_of_the_next_buffer_are_a_document_of_their_own():
    building = Building()
    for _ in range(2):
        building.add_record(Document(0, 3, "records", "entities"))
        building.add_record(Document(5, 3, "records", "entities"))
        building.close(10)
    documents = building.finish().documents
    assert documents.select(["offset", "length"]).to_pylist() == [
        {"offset": 0, "length": 8},
        {"offset": 10, "length": 8},
    ]
