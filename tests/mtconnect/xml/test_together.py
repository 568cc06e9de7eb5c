import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smelt.mtconnect.xml import together
from smelt.mtconnect.xml.decode import decode_xml
from smelt.mtconnect.xml.together import decode_together
from smelt.terms.observation import Origin

TEXT = (
    '<?xml version="1.0"?><MTConnectStreams><Header instanceId="1"/><Streams><DeviceStream uuid="m"><ComponentStream>'
    '<Samples><Load dataItemId="x" sequence="{n}" timestamp="2020-01-01T00:00:00Z">{n}.5</Load>{odd}</Samples>'
    "</ComponentStream></DeviceStream></Streams></MTConnectStreams>{behind}"
)
ODD = st.sampled_from(["", "", "<", "<!-- a", "<![CDATA[", "-->", "]]>", "</Samples>", "<Load/>", "&amp;", "é", "\0"])
BEHIND = st.sampled_from(
    ["", "", " \n", "oops", "<!-- b -->", "<a>", "<MTConnectError/>", "<?xml ?>", "<MTConnectStreams>"]
)
TEXTS = st.builds(
    lambda n, odd, behind: TEXT.format(n=n, odd=odd, behind=behind).encode(), st.integers(0, 9), ODD, BEHIND
)


@settings(deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_what_is_read_together_is_what_each_says_alone(texts):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(together, "_WORTH", 0)
        found = decode_together(texts, Origin())
    for text, decoded in zip(texts, found, strict=True):
        alone = decode_xml(text, Origin())
        if decoded is not None:
            assert decoded.rows.to_pylist() == alone.rows.to_pylist()
            assert alone.rejects == () and alone.assets == () and alone.probes == ()
            (document,) = decoded.documents.to_pylist()
            assert [document | {"offset": 0}] == alone.documents.to_pylist()


def test_whole_documents_are_read_together():
    texts = [TEXT.format(n=n, odd="", behind="").encode() for n in range(400)]
    found = decode_together([*texts[:200], b"<oops>", *texts[200:]], Origin())
    assert [place for place, decoded in enumerate(found) if decoded is None] == [200]
    assert found[7] is not None and found[7].rows["value"].to_pylist() == [7.5]
    assert decode_together(texts[:3], Origin()) == [None] * 3
