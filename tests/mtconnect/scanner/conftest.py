"""Real documents that the tests of the scanner spoil."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def seeds(smelt_data: Path) -> list[bytes]:
    """Real documents of both versions, small ones."""
    folder = smelt_data / "mtconnect"
    names = (
        "captured/okuma_v2/sample_after_disconnect.json",
        "captured/okuma_v2/sample_negative_count.json",
        "captured/okuma_v2/poll_00.json",
        "captured/nist_v1/sample_negative_count.json",
        "captured/nist_v1/poll_00.json",
        "captured/nist_v1/sample_after_restart.json",
        "captured/shapes_v2/sample.json",
        "trakhound/json-cppagent-v2.streams.json",
        "ladder99/ccs-pa_current.cppagent1.7.json-v1.json",
    )
    return [(folder / name).read_bytes() for name in names]
