"""How long to wait before a source that failed is tried again: longer each time, and not all sources at once."""

import asyncio
import random
from dataclasses import dataclass

from smelt.terms.errors import TransientError

LONGEST_WAIT_SECONDS = 60.0
TRIES_ONCE = 3  # failures in a row after which a recorder that runs once gives up


@dataclass
class Backoff:
    """Counts failures in a row.

    Examples
    --------
    >>> backoff = Backoff(random.Random(0), 1.0)
    >>> [round(backoff.failed(), 1) for _ in range(3)]
    [0.9, 1.8, 2.8]
    >>> backoff.worked()
    >>> backoff.failures
    0
    """

    rng: random.Random
    first_wait_seconds: float = 1.0
    failures: int = 0

    def failed(self) -> float:
        """Count a failure and return the seconds to wait."""
        longer = self.first_wait_seconds * 2.0 ** min(self.failures, 10)
        self.failures += 1
        return min(LONGEST_WAIT_SECONDS, longer) * self.rng.uniform(0.5, 1.0)

    async def wait_after(self, error: TransientError, *, once: bool) -> None:
        """Count a failure and wait; with `once`, raise it where it is the last of TRIES_ONCE in a row."""
        seconds = self.failed()
        if once and self.failures >= TRIES_ONCE:
            raise error
        await asyncio.sleep(seconds)

    def worked(self) -> None:
        """Forget the failures."""
        self.failures = 0
