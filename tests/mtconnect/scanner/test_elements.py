import pytest
from tests.mtconnect.scanner.spoiling import a_document, an_observation, assert_same

PLAIN = [an_observation(b'"m"', sequence=n) for n in range(6)]


@pytest.mark.parametrize(
    "level", ["Normal", "WARNING", "fault", "UnAvailable", "Severe", "", "Fault\\n", "Warn\u0131ng"]
)
def test_levels_of_conditions(level):
    name = level.encode()
    assert_same(a_document(b",".join(PLAIN), "Condition", level))
    boxes = [b'{"Normal":%s}' % PLAIN[0], b'{"%s":%s}' % (name, PLAIN[1]), *[b'{"Fault":%s}' % one for one in PLAIN]]
    assert_same(a_document(b",".join(boxes), "Condition", version=1))


@pytest.mark.parametrize("box", [b"{}", b'{"A":1}', b'{"A":{},"B":{}}', b"[]", b"1", b'{"A":[]}'])
def test_odd_boxes_of_version_1(box):
    boxes = [b'{"Load":%s}' % an_observation(b"1.5")] * 4
    assert_same(a_document(b",".join([boxes[0], box, *boxes]), version=1))
    two = b'{"Load":%s,"Torque":%s}' % (an_observation(b"1.5"), an_observation(b"2.5", b"y"))
    assert_same(a_document(b",".join([two, *boxes]), version=1))
