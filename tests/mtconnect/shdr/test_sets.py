import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.dialect import decode
from smelt.mtconnect.probe.decode import parse_probe
from smelt.mtconnect.shdr.decode import decode_shdr
from smelt.mtconnect.shdr.sets import set_cell


@pytest.mark.parametrize(
    ("text", "is_table", "expected"),
    [
        ("a=1 b=2.5 c={three words} d='quoted'", False, '{"a":1,"b":2.5,"c":"three words","d":"quoted"}'),
        ("a=7 c", False, '{"a":7,"c":{"removed":true}}'),
        ("a=\"it\\\"s\" b='it\\'s'", False, '{"a":"it\\"s","b":"it\'s"}'),
        ("G54={X=1.0 s='two words'} G55", True, '{"G54":{"X":1,"s":"two words"},"G55":{"removed":true}}'),
        ("a=10 d= e", False, '{"a":10,"d":{"removed":true},"e":{"removed":true}}'),
        ("G54={X= Z=1} G55=", True, '{"G54":{"X":{"removed":true},"Z":1},"G55":{"removed":true}}'),
        ("G54={X=1.0}", False, '{"G54":"X=1.0"}'),
        ("", False, "{}"),
        ("105=1 113=0.043", False, '{"105":1,"113":0.043}'),
        ("no set, {at all", False, "no set, {at all"),
        ("a={b", False, "a={b"),
        ("=1", False, "=1"),
        ("a={it's b}", False, '{"a":"it\'s b"}'),
        ("a={" + "b'" * 500, False, "a={" + "b'" * 500),
    ],
)
def test_sets_and_tables(text, is_table, expected):
    assert set_cell(text, is_table).text == expected


def test_a_reset_is_not_lost():
    assert set_cell(":MANUAL x=1", False)[1:] == ('{"x":1}', None, "MANUAL")
    assert set_cell(":DAY", False)[1:] == ("{}", None, "DAY")


def test_the_log_and_the_agents_documents_give_the_same_sets(captured):
    """shapes_lin.txt is what the adapter sent, sample.json what the agent made of it."""
    probe = parse_probe(captured("captured/shapes_v2/probe.xml"))
    device = next(d for d in probe.devices if d.name == "LinuxCNC")
    log = decode_shdr(captured("captured/shapes_v2/shapes_lin.txt"), device, device.uuid)
    document = decode(captured("captured/shapes_v2/sample.json"))
    names = ["data_item", "text", "level", "native_code"]
    wanted = [tuple(r.values()) for r in log.rows.select(names).to_pylist() if r["data_item"] in ("v1", "wp1")]
    found = {tuple(r.values()) for r in document.rows.select(names).to_pylist()}
    assert len(wanted) == 6 and set(wanted) <= found


@given(st.text("ab={}'\" \\1:", max_size=30), st.booleans())
def test_no_text_raises(text, is_table):
    assert set_cell(text, is_table).text is not None
