"""How long an object store may be away before it is said: each library below has its own way to be told."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from obstore.store import RetryConfig

_PATIENCE_S = 15  # a store that is away for ten seconds is not missed; a request without an answer takes 30 s at most
_MOST_RETRIES = 50  # the time ends them
_FIRST_WAIT_S, _LONGEST_WAIT_S = 1, 2

RETRIES: "RetryConfig" = {
    "max_retries": _MOST_RETRIES,
    "retry_timeout": timedelta(seconds=_PATIENCE_S),
    "backoff": {
        "init_backoff": timedelta(seconds=_FIRST_WAIT_S),
        "max_backoff": timedelta(seconds=_LONGEST_WAIT_S),
        "base": 2,
    },
}
# Polars keeps max_retries from delta-rs, whose own ten retries last these seconds at least with such waits.
_DELTA = {
    "retry_timeout": f"{_PATIENCE_S}s",
    "backoff_config.init_backoff": f"{_FIRST_WAIT_S}s",
    "backoff_config.max_backoff": f"{_LONGEST_WAIT_S}s",
    "backoff_config.base": "2",
}
_POLARS = {
    "max_retries": _MOST_RETRIES,
    "retry_timeout_ms": _PATIENCE_S * 1000 // 2,  # it opens the store anew then, and waits once more
    "retry_init_backoff_ms": _FIRST_WAIT_S * 1000,
    "retry_max_backoff_ms": _LONGEST_WAIT_S * 1000,
}


def delta_options(address: str) -> dict[str, str] | None:
    """Return the storage options of a table that delta-rs opens; None for a folder."""
    return {**_DELTA, "max_retries": str(_MOST_RETRIES)} if "://" in address else None


def polars_options(address: str) -> dict[str, Any] | None:
    """Return the storage options of a file or table that Polars scans; None for a folder."""
    return {**_DELTA, **_POLARS} if "://" in address else None
