import pytest

from smelt.models.rcf.grow import grow
from smelt.models.rcf.visit import visit_rows
from smelt.scores.episode import _fold


@pytest.mark.parametrize("kernel", [grow, visit_rows, _fold])
def test_kernels_are_compiled_once_and_for_all(kernel):
    assert len(kernel.signatures) == 1
    with pytest.raises(TypeError):
        kernel("anything else")
    assert len(kernel.signatures) == 1
