"""What is compiled at its first use, used once: by `smelt warm`, and by each worker of a pool as it starts."""

from collections.abc import Callable

_JSON = b'{"MTConnectStreams":{"Header":{"instanceId":1},"Streams":{}}}'
_XML = (
    b'<MTConnectStreams><Header instanceId="1"/><Streams><DeviceStream uuid="warm"><ComponentStream><Samples>'
    b'<Position dataItemId="x" sequence="1" timestamp="2020-01-01T00:00:00Z">1.5</Position>'
    b"</Samples></ComponentStream></DeviceStream></Streams></MTConnectStreams>\n"
)
_LOG = b"2020-01-01T00:00:00Z|Xpos|1.5\n"
_TIMES = 5000  # so large that neither is read without compiled code


def use_json() -> None:
    """Scan JSON documents."""
    from smelt.mtconnect.json.decode import decode_json

    decode_json(_JSON)


def use_xml() -> None:
    """Scan XML documents."""
    from smelt.mtconnect.dialect import decode

    decode(_XML * (_TIMES // 10))


def use_long() -> None:
    """Cut long documents of JSON and XML."""
    from smelt.mtconnect.pieces import Sizes, cut

    for data in (_JSON, _XML):
        list(cut([data], Sizes(target=1, long=1), lambda: []))


def use_log() -> None:
    """Scan an adapter's log."""
    from smelt.mtconnect.dialect import decode
    from smelt.terms.observation import Origin, ProbedDevice

    decode(_LOG * _TIMES, Origin(log_device=ProbedDevice("warm", "warm", False, ()), log_device_uuid="warm"))


def use_copper() -> None:
    """Drop duplicates among rows, sort them, sum them up."""
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
    received_us = np.zeros(1, np.int64)
    received_us.flags.writeable = False  # as it comes from a frame: kernels are compiled for that
    batch = make_batch([building.finish().rows], ["warm"], received_us)
    hashes, new = batch.hashes(), new_numbered(batch, [])
    layout = lay_out(batch, hashes, np.flatnonzero(new.is_new).astype(np.int32), 1)
    stretches = mark_stretches(batch, layout)
    period_sums(batch, hashes, new.place, layout, stretches)
    last_values(batch, layout, stretches)


def use_forest() -> None:
    """Grow, score and explain a small forest."""
    import numpy as np

    from smelt.models.rcf import forest

    points = np.random.default_rng(0).normal(size=(300, 2)).astype(np.float32)
    grown = forest.fit(points)
    forest.score(grown, points)
    forest.attribute(grown, points)


def use_episodes() -> None:
    """Fold a minute's severity."""
    import numpy as np

    from smelt.scores.episode import fold

    fold(np.zeros(1, np.int64), np.zeros(1, np.float32))


def use_simulation() -> None:
    """Let a simulated quantity follow its target, and report what changed."""
    import numpy as np

    from smelt.simulate.lag import follow
    from smelt.simulate.report_on_change import leave_band

    leave_band(follow(np.ones(2), 1.0, 10.0, 0.0), 0.1, np.nan)


# those that take longest first
PARTS: dict[str, Callable[[], None]] = {
    "JSON scanner": use_json,
    "XML scanner": use_xml,
    "rows of copper": use_copper,
    "random cut forest": use_forest,
    "log scanner": use_log,
    "long documents": use_long,
    "episodes": use_episodes,
    "simulated plant": use_simulation,
}


def warm_stage(name: str) -> None:
    """Load (or compile, one process at a time) what a stage's tasks need in any case, while no task waits for it."""
    if name == "ingest":
        use_json()
        use_copper()
