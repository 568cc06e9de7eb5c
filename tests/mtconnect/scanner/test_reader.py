import random

import pytest
from tests.mtconnect.scanner.spoiling import assert_same, spoil


@pytest.mark.parametrize("seed", range(8))
def test_spoiled_documents_give_the_plain_decoders_rows(seeds, seed):
    rng = random.Random(seed)
    for _ in range(40):
        assert_same(spoil(rng, rng.choice(seeds[:7])))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100))
def test_a_hundred_thousand_spoiled_documents(seeds, seed):
    rng = random.Random(1000 + seed)
    for _ in range(1000):
        assert_same(spoil(rng, rng.choice(seeds)))
