import pytest
from tests.mtconnect.scanner.spoiling import VALUES, a_document, an_observation, assert_same

PLAIN = {"Samples": b"1.5", "Events": b'"READY"', "Condition": b'"oops"'}


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize(("category", "element"), [("Samples", "Load"), ("Events", "Line"), ("Condition", "Fault")])
def test_every_shape_of_value_between_plain_ones(category, element, version):
    for value in VALUES:
        shapes = [PLAIN[category], value, PLAIN[category], value, b'"UNAVAILABLE"', value, *[PLAIN[category]] * 6]
        found = [an_observation(shape, sequence=n) for n, shape in enumerate(shapes)]
        if version == 1:
            found = [b'{"%s":%s}' % (element.encode(), observation) for observation in found]
        assert_same(a_document(b",".join(found), category, element, version))


def test_a_number_and_its_text_share_a_word_and_the_number_alone_is_one():
    shapes = [b"100", b'"100"', b"100.0", b"1e2", b'"100.0"', b"0.10", b'"x"', b'"x"', b'"x"', b'"x"']
    rows = assert_same(a_document(b",".join(map(an_observation, shapes)), "Events", "PartCount")).rows
    assert rows["text"].to_pylist()[:6] == ["100", "100", "100", "100", "100.0", "0.1"]
    assert rows["value"].to_pylist()[:6] == [100.0, None, 100.0, 100.0, None, 0.1]


@pytest.mark.parametrize(
    "sequence", [b"0", b"-0", b"01", b"1.0", b"1e3", b'"7"', b"999999999999999", b"9" * 18, b"9" * 19, b"null"]
)
def test_every_shape_of_sequence(sequence):
    odd = an_observation(b"1.5").replace(b'"sequence":1', b'"sequence":' + sequence)
    assert_same(a_document(b",".join([an_observation(b"1.5"), odd, odd, *[an_observation(b"2.5")] * 6])))
