"""The command `smelt warm`: compiles ahead of time what would be compiled at its first use."""

import logging
import time
from collections.abc import Iterator
from typing import NamedTuple

from smelt.cli.options import JsonOption
from smelt.cli.output import say, say_json


class Warmed(NamedTuple):
    """A part that is compiled now, and how long that took."""

    part: str
    seconds: float


def warm(as_json: JsonOption = False) -> None:
    """Compile scanners, loops of copper, forest and simulation into Numba's cache, so that nothing waits for it."""
    began, done = time.perf_counter(), []
    for warmed in _warm_all():
        done.append(warmed)
        if not as_json:
            say(f"{warmed.part}: ready after {warmed.seconds:.1f} s")
    if as_json:
        say_json([one._asdict() for one in done])
    else:
        say(f"everything is compiled after {time.perf_counter() - began:.1f} s, and loaded in a moment from now on")


def _warm_all() -> Iterator[Warmed]:
    """Compile the parts side by side, the one that takes longest first."""
    from smelt.engines.process_pool import ProcessPool, workers
    from smelt.runs.warm import PARTS

    pool = ProcessPool(min(workers(0), len(PARTS)))
    for ended in pool.run(_warm_one, tuple(PARTS)):
        yield ended.value
    pool.close()


def _warm_one(part: str) -> Warmed:
    from smelt.runs.warm import PARTS

    logging.getLogger("smelt.compiled").setLevel(logging.ERROR)  # it would advise to do what is being done
    start = time.perf_counter()
    PARTS[part]()
    return Warmed(part, time.perf_counter() - start)
