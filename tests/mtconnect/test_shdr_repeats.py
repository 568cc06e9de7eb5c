import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.shdr_repeats import count_repeats

ROW = st.tuples(st.integers(0, 1), st.sampled_from([float("nan"), 0.0, 1.0]), st.integers(-1, 1))


@given(st.lists(ROW, max_size=40))
def test_ordinals_make_every_row_unique(rows):
    times, values, codes = zip(*rows, strict=True) if rows else ((), (), ())
    told = [tuple(map(str, row)) for row in rows]  # NaN is unequal to itself, its text is not
    expected = [told[:i].count(row) for i, row in enumerate(told)]
    found = count_repeats(np.array(times, np.int64), np.array(values, np.float64), np.array(codes, np.int32))
    assert found.tolist() == expected
