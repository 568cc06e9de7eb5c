"""The walk along XML: wherever bytes end, it cuts, ends and tears at the same places."""

from collections.abc import Sequence
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from smelt.mtconnect.long import xml_walk as walks
from smelt.mtconnect.long.xml_walk import CUT, ENDED, FAULT, MORE, new_walk, walk

Found = tuple[int, int, int, int]  # the event, where the walk stands, how many elements are open, what is kept
NAMES = (b"MTConnectStreams", b"Streams", b"DeviceStream", b"ComponentStream", b"Samples")
TEXTS = st.text(st.sampled_from("a<>&\"'/ é-]"), max_size=30)
OBSERVATIONS = st.one_of(
    TEXTS.map(lambda text: f"<Load name={quoteattr(text)}>{escape(text)}</Load>"),
    TEXTS.map(lambda text: f"<Load name={quoteattr(text)}/>"),
    TEXTS.map(lambda text: f"<Table><Entry key='a'><Cell key='b'>{escape(text)}</Cell></Entry></Table>"),
    TEXTS.map(lambda text: f"<!-- {text.replace('-', '')} <Load> -->"),
    TEXTS.map(lambda text: f"<Message><![CDATA[{text.replace(']', '')} </Samples>]]></Message>"),
)
ENDS = st.lists(st.integers(0, 3000), max_size=12).map(sorted)


def document(observations: Sequence[str]) -> bytes:
    said = "".join(observations)
    component = (
        f"<ComponentStream name='c'><Samples>{said}</Samples>\n<Events>{said}</Events><Events/></ComponentStream>"
    )
    streams = f"<Streams><DeviceStream uuid='a'>{component}{component}</DeviceStream><DeviceStream/></Streams>"
    return f"<?xml version='1.0'?><MTConnectStreams><Header instanceId='1'/>{streams}</MTConnectStreams>".encode()


DOCUMENTS = st.lists(OBSERVATIONS, max_size=5).map(document)


def walked(data: bytes, ends: Sequence[int], wanted: int = 0) -> list[Found]:
    """Return what the walk comes back with, with places in the data."""
    held = np.frombuffer(data + b" " * 64, np.uint8)
    base = int(held.ctypes.data)
    state, found = new_walk(base), list[Found]()
    for end in [*(e for e in ends if e < len(data)), len(data)]:
        while (event := walk(state, base + end, base + wanted)) != MORE:
            depth = int(state.fields[walks.DEPTH])
            found.append((event, int(state.fields[walks.AT]) - base, depth, int(state.fields[walks.KEPT]) - base))
            if event in (ENDED, FAULT):
                return found
    return found


@given(DOCUMENTS, ENDS)
@settings(deadline=None)
def test_wherever_bytes_end_the_walk_says_the_same(data: bytes, ends: list[int]) -> None:
    whole = walked(data, [])
    assert walked(data, ends) == whole
    assert whole[-1][:3] == (ENDED, len(data), 0)


@given(DOCUMENTS, ENDS, st.floats(0, 0.999), st.sampled_from([b"<", b">", b"/", b"'", b"!", b"x", b""]))
@settings(deadline=None)
def test_a_document_tears_at_the_same_tag(data: bytes, ends: list[int], share: float, byte: bytes) -> None:
    at = int(share * len(data))
    data = data[:at] + byte + data[at + 1 :]
    assert walked(data, ends) == walked(data, [])


@given(DOCUMENTS)
@settings(deadline=None)
def test_a_cut_leaves_whole_elements_before_and_behind(data: bytes) -> None:
    names = [element.tag for element in ElementTree.fromstring(data).iter()]
    for event, at, depth, _ in walked(data, []):
        if event != CUT:
            continue
        opened = NAMES[:depth]
        last = (
            b"Events"
            if depth == len(NAMES) and data.rfind(b"<Events>", 0, at) > data.rfind(b"<Samples>", 0, at)
            else None
        )
        opened = (*opened[:-1], last) if last else opened
        closed = b"".join(b"</%s>" % name for name in reversed(opened))
        before = ElementTree.fromstring(data[:at] + closed)
        behind = ElementTree.fromstring(b"".join(b"<%s>" % name for name in opened) + data[at:])
        found = [element.tag for element in before.iter()] + [element.tag for element in behind.iter()][len(opened) :]
        assert found == names


@given(st.integers(0, 3000))
@settings(deadline=None)
def test_the_first_cut_stands_behind_what_is_wanted(wanted: int) -> None:
    data = document([f"<Load sequence='{number}'>1</Load>" for number in range(6)])
    cuts = [found[1] for found in walked(data, []) if found[0] == CUT]
    assert [found[1] for found in walked(data, [], wanted) if found[0] == CUT] == [at for at in cuts if at > wanted]
    assert len(cuts) > 20


def test_a_container_that_ends_under_another_name_is_a_tear() -> None:
    good = document(["<Load>1</Load>"])
    bad = good.replace(b"</Samples>", b"</Sample>", 1)
    assert walked(bad, [])[-1][:2] == (FAULT, bad.index(b"</Sample>") + len(b"</Sample>"))
