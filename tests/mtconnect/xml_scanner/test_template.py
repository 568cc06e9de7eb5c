"""What follows a template is read as what the parser reads, whatever comes next, and in whatever order."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mtconnect.xml.test_plain import assert_same
from tests.mtconnect.xml_scanner.held import scanned

from smelt.mtconnect.xml_scanner import rows as r

TEXTS = ["1", "-2.5", "1e5", "0.1234567890123456", "", " 7", "UNAVAILABLE", "1 2 3", "1 x", "a&lt;b", "ü", "x ", "]"]
STAMPS = [
    "2020-01-01T00:00:00Z",
    "2020-01-01T00:00:00.123456Z",
    "2020-02-30T00:00:00Z",
    "yesterday",
    "",
    "2020-01-01T00:00:00",
]
SEQUENCES = ["1", "22", "007", "123456789012345678", "1234567890123456789", "-1", "", "x"]


def observation(
    n: int, item: str = "a", *, text: str = "1.5", order: tuple[int, ...] = (0, 1, 2), more: str = ""
) -> str:
    stamp = f"2020-01-01T00:{n // 60 % 60:02}:{n % 60:02}.{n % 1000:03}Z"
    attributes = (f'dataItemId="{item}"', f'sequence="{n}"', f'timestamp="{stamp}"')
    return f"<Load {' '.join(attributes[k] for k in order)}{more}>{text}</Load>"


def document(observations: list[str], category: str = "Samples", between: str = "\n  ") -> bytes:
    inside = f"<{category}>{between}{between.join(observations)}</{category}>"
    streams = f'<Streams><DeviceStream uuid="m1"><ComponentStream>{inside}</ComponentStream></DeviceStream></Streams>'
    return f'<MTConnectStreams><Header instanceId="1"/>{streams}</MTConnectStreams>'.encode()


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("category", ["Samples", "Events"])
def test_any_order_of_attributes(order, category):
    found = [observation(n, "ab"[n % 2], order=order, more=' name="x"' * (n % 3 == 0)) for n in range(30)]
    assert_same(document(found, category))
    assert_same(document(found, category, ""))


empty = st.builds(lambda name, item: f'<{name} dataItemId="{item}" sequence="3" timestamp="{STAMPS[0]}"/>',
                  st.sampled_from(["Line", "PartCount", "Load"]), st.sampled_from("ab"))  # fmt: skip
shapes = st.builds(
    lambda item, name, text, stamp, sequence, quote: (
        f"<{name} dataItemId={quote}{item}{quote} sequence={quote}{sequence}{quote} "
        f"timestamp={quote}{stamp}{quote}>{text}</{name}>"
    ),
    st.sampled_from("abc"), st.sampled_from(["Load", "Line", "x:Load", "PartCount"]), st.sampled_from(TEXTS),
    st.one_of(st.just(STAMPS[0]), st.sampled_from(STAMPS)), st.one_of(st.just("5"), st.sampled_from(SEQUENCES)),
    st.sampled_from("\"'"),
)  # fmt: skip


numbered = st.builds(observation, st.integers(0, 99), st.sampled_from("ab"))


@given(st.lists(st.one_of(numbered, shapes, empty), max_size=30),
       st.sampled_from(["Samples", "Events", "Condition"]), st.sampled_from(["", "\n", "\t "]))  # fmt: skip
def test_observations_in_any_order_with_anything_between(observations, category, between):
    assert_same(document(observations, category, between) * 2)


def test_a_template_stands_for_the_item_that_it_was_learned_from():
    found = [observation(n, "ab"[n // 3 % 2], text=str(n)) for n in range(12)]
    one, out, templates = scanned(document(found))
    assert out.counts.tolist() == [1, 12, 0]
    items = [one.text(at, at + length).decode() for at, length in out.rows[:12, [r.ITEM_AT, r.ITEM_LENGTH]].tolist()]
    assert items == list("aaabbbaaabbb")
    assert out.rows[:12, r.SEQUENCE].tolist() == list(range(12)) and out.numbers[:12].tolist() == list(range(12))
    assert np.count_nonzero(templates["length"]) == 2


def test_a_piece_that_is_too_long_makes_no_template():
    found = [observation(n, more=f' name="{"n" * 300}"') for n in range(5)]
    assert_same(document(found))
