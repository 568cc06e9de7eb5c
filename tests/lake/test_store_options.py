"""How long a store may be away: every library is told, and folders need no word of it."""

from deltalake import DeltaTable

from smelt.lake.store_options import RETRIES, delta_options, polars_options


def test_folders_need_none() -> None:
    assert delta_options("/lake/ops/runs") is polars_options("/lake") is None


def test_each_library_takes_them() -> None:
    from obstore.store import from_url
    from polars.io.cloud._utils import POLARS_STORAGE_CONFIG_KEYS

    assert not DeltaTable.is_deltatable("memory:///lake/ops/runs", delta_options("memory:///lake/ops/runs"))
    assert from_url("memory:///lake") is not None and RETRIES["retry_timeout"].total_seconds() >= 10
    asked = polars_options("s3://bucket/lake") or {}
    own = {name for name in asked if name in POLARS_STORAGE_CONFIG_KEYS}
    assert own == {"max_retries", "retry_timeout_ms", "retry_init_backoff_ms", "retry_max_backoff_ms"}
    assert all(isinstance(asked[name], str) for name in asked.keys() - own)  # delta-rs takes nothing but text
