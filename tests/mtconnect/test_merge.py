from smelt.mtconnect.dialect import decode
from smelt.mtconnect.json.decode import decode_json
from smelt.mtconnect.merge import merge, moved


def test_documents_are_counted_on(xml_positions, document, captured):
    assets, probe = captured("captured/okuma_v2/assets.xml"), captured("captured/shapes_v2/probe.xml")
    together = merge([decode(d) for d in (xml_positions(1), assets, b"garbage", probe, document(5), assets)])
    assert together.documents.num_rows == 5
    assert together.rows["document"].to_pylist() == [0, 0, 0, 3, 3, 3]
    assert together.rows["sequence"].to_pylist() == [1, 2, 3, 5, 6, 7]
    assert [p.document for p in together.probes] == [2]
    assert sorted({a.document for a in together.assets}) == [1, 4]
    assert [r.length for r in together.rejects] == [7]


def test_one_stays_as_it_is(document):
    decoded = decode(document(1))
    assert merge([decoded]) is decoded


def test_of_nothing_is_nothing():
    assert merge([]).rows.num_rows == merge([]).documents.num_rows == 0


def test_what_is_moved_knows_its_place_in_the_file(document):
    decoded = moved(decode_json(document() + b"oops"), 100)
    assert decoded.documents["offset"].to_pylist() == [100]
    assert [reject.offset for reject in decoded.rejects] == [100 + len(document())]
