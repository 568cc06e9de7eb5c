import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smelt.mtconnect.shdr import repeats as shdr_repeats
from smelt.mtconnect.shdr.repeats import count_repeats

ROW = st.tuples(st.integers(0, 1), st.sampled_from([float("nan"), 0.0, 1.0]), st.integers(-1, 1))


@pytest.fixture(params=[0, 100], ids=["compiled", "sorted"], scope="module")
def few(request):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shdr_repeats, "_FEW", request.param)
        yield


@pytest.mark.usefixtures("few")
@given(rows=st.lists(ROW, max_size=40))
def test_ordinals_make_every_row_unique(rows):
    times, values, codes = zip(*rows, strict=True) if rows else ((), (), ())
    told = [tuple(map(str, row)) for row in rows]  # NaN is unequal to itself, its text is not
    expected = [told[:i].count(row) for i, row in enumerate(told)]
    found = count_repeats(np.array(times, np.int64), np.array(values, np.float64), np.array(codes, np.int32))
    assert found.tolist() == expected
