from itertools import permutations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mtconnect.scanner.spoiling import a_document, assert_same

from smelt.mtconnect.scanner.scan import Scan


def observation(n: int, item: str = "x", **more: object) -> dict[str, object]:
    time = f"2020-01-01T00:{n // 60 % 60:02}:{n % 60:02}.{n % 1000:03}Z"
    return {"value": n / 4, "dataItemId": item, "sequence": n, "timestamp": time} | more


def document(observations: list[dict[str, object]]) -> bytes:
    return a_document(orjson.dumps(observations)[1:-1])


@pytest.mark.parametrize("order", list(permutations(("value", "dataItemId", "sequence", "timestamp"))))
def test_any_order_of_members(order):
    found = [observation(n, "xy"[n % 2], name="long " * (n % 3) * 9) for n in range(40)]
    assert_same(document([{key: one[key] for key in (*order, "name")} for one in found]))


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from((None, "n", "m" * 200))), max_size=60))
def test_items_and_shapes_in_any_order(shapes):
    named = [(item, {"name": name} if name else {}) for item, name in shapes]
    assert_same(document([observation(n, item, **more) for n, (item, more) in enumerate(named)]))


def test_what_follows_the_template_is_one_leftover_and_no_more():
    found = [observation(n) for n in range(500)]
    found[250]["timestamp"] = "2020-01-01 00:04:10.250Z"
    data = document(found)
    scan = Scan()
    scan.open(data)
    assert scan.resume(0) == len(data)
    assert (scan.rows, scan.count("leftovers")) == (500, 1)


def test_a_document_is_followed_over_its_lists(captured):
    data = captured("captured/okuma_v2/current_mid.json")
    assert_same(data * 5)
