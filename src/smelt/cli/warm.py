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
    parts = (
        ("JSON scanner", _use_json),
        ("log scanner", _use_log),
        ("rows of copper", _use_copper),
        ("random cut forest", _use_forest),
    )
    for part, use in parts:
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


def _use_copper() -> None:
    import numpy as np

    from smelt.copper.batch import make_batch
    from smelt.copper.duplicates import new_numbered
    from smelt.copper.last_values import last_values
    from smelt.copper.layout import lay_out
    from smelt.copper.period_sums import mark_stretches, period_sums
    from smelt.mtconnect.rows import Building, Cell, Document, Row, Rows

    building, rows = Building(documents=[Document(0, 0, "MTConnectStreams", "json-v2", "warm", 1)]), Rows()
    rows.add_all(Row(number, 0, "warm", "SAMPLE", -number, Cell(1.0)) for number in (1, 2))
    building.add_rows("warm", rows)
    batch = make_batch([building.finish().rows], ["warm"], np.zeros(1, np.int64))
    hashes, new = batch.hashes(), new_numbered(batch, [])
    layout = lay_out(batch, hashes, np.flatnonzero(new.is_new).astype(np.int32), 1)
    stretches = mark_stretches(batch, layout)
    period_sums(batch, hashes, new.place, layout, stretches)
    last_values(batch, layout, stretches)


def _use_forest() -> None:
    import numpy as np

    from smelt.models.rcf import forest

    points = np.random.default_rng(0).normal(size=(300, 2)).astype(np.float32)
    grown = forest.fit(points)
    forest.score(grown, points)
    forest.attribute(grown, points)
