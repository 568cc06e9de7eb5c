"""The command `smelt warm`: compiles ahead of time what would be compiled at its first use."""

import logging
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

from smelt.cli.options import JsonOption
from smelt.cli.output import say, say_json


class Warmed(NamedTuple):
    """A part that is compiled now, and the seconds until it was."""

    part: str
    seconds: float


def warm(as_json: JsonOption = False) -> None:
    """Compile the scanners and the forest into Numba's cache, so that no later command waits for it."""
    logging.getLogger("smelt.mtconnect").setLevel(logging.ERROR)  # it would advise to do what is being done
    done = []
    for warmed in _warm_all():
        done.append(warmed)
        if not as_json:
            say(f"{warmed.part}: ready after {warmed.seconds:.1f} s")
    if as_json:
        say_json([one._asdict() for one in done])
    else:
        say(f"everything is compiled: {sum(one.seconds for one in done):.1f} s, and next to nothing from now on")


def _warm_all() -> Iterator[Warmed]:
    for part, use in (("JSON scanner", _use_json), ("log scanner", _use_log), ("random cut forest", _use_forest)):
        yield Warmed(part, _seconds(use))


def _seconds(use: Callable[[], None]) -> float:
    start = time.perf_counter()
    use()
    return time.perf_counter() - start


def _use_json() -> None:
    from smelt.mtconnect.json import decode_json

    decode_json(b'{"MTConnectStreams":{"Header":{"instanceId":1},"Streams":{}}}')


def _use_log() -> None:
    from smelt.mtconnect.dialect import decode
    from smelt.terms.observation import Origin, ProbedDevice

    device = ProbedDevice("warm", "warm", False, ())
    log = b"2020-01-01T00:00:00Z|Xpos|1.5\n" * 5000  # small ones are read line by line
    decode(log, Origin(log_device=device, log_device_uuid="warm"))


def _use_forest() -> None:
    import numpy as np

    from smelt.models.rcf import forest

    points = np.random.default_rng(0).normal(size=(300, 2)).astype(np.float32)
    grown = forest.fit(points)
    forest.score(grown, points)
    forest.attribute(grown, points)
