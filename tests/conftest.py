"""Fixtures that many tests share: the real data beside the repository, and hypothesis's settings."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("quick", max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("fast", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("slow", max_examples=2_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))


@pytest.fixture(scope="session")
def smelt_data() -> Path:
    """The folder of real data; tests that need it skip where it is absent."""
    here = Path(os.environ.get("SMELT_DATA", Path(__file__).parents[2] / "shared" / "data")).absolute()
    if not here.is_dir():
        pytest.skip(f"real data is absent: no folder {here}; set SMELT_DATA")
    return here
