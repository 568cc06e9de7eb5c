"""Documents and probes that the tests of the decoders share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from smelt.terms.observation import DataItem, ProbedDevice


def _item(key: str, category: str, type_: str, **more: Any) -> DataItem:
    return DataItem("m1", f"id_{key}", key, category, type_, **more)


@pytest.fixture(scope="session")
def machine() -> ProbedDevice:
    """A device with a data item of every kind that a log line can hold."""
    return ProbedDevice(
        "m1",
        "Mill",
        False,
        (
            _item("avail", "EVENT", "AVAILABILITY"),
            _item("parts", "EVENT", "PART_COUNT"),
            _item("mode", "EVENT", "CONTROLLER_MODE"),
            _item("ovr", "EVENT", "PATH_FEEDRATE_OVERRIDE", units="PERCENT"),
            _item("Xpos", "SAMPLE", "POSITION", units="MILLIMETER", source="x_actual"),
            _item("tip", "SAMPLE", "PATH_POSITION", units="MILLIMETER_3D"),
            _item("motion", "CONDITION", "MOTION_PROGRAM"),
            _item("msg", "EVENT", "MESSAGE"),
            _item("alarm", "EVENT", "ALARM"),
            _item("vib", "SAMPLE", "DISPLACEMENT", representation="TIME_SERIES"),
            _item("vars", "EVENT", "VARIABLE", representation="DATA_SET"),
        ),
    )


@pytest.fixture(scope="session")
def document() -> Callable[..., bytes]:
    """Make a JSON version 2 document with one numbered Position after the other."""

    def make(first: int = 1, count: int = 3, instance_id: int = 7, uuid: str = "m1") -> bytes:
        positions = [
            {"value": float(n), "dataItemId": "x", "sequence": n, "timestamp": "2020-01-01T00:00:00Z"}
            for n in range(first, first + count)
        ]
        component = {"component": "Linear", "Samples": {"Position": positions}}
        device = {"name": "Mill", "uuid": uuid, "ComponentStream": [component]}
        header = {"instanceId": instance_id, "sender": "here", "creationTime": "2020-01-01T00:00:01Z"}
        header |= {"firstSequence": first, "lastSequence": first + count - 1, "nextSequence": first + count}
        streams = {"DeviceStream": [device]}
        return orjson.dumps({"MTConnectStreams": {"jsonVersion": 2, "Header": header, "Streams": streams}})

    return make


@pytest.fixture(scope="session")
def captured(smelt_data: Path) -> Callable[[str], bytes]:
    """Read a file below mtconnect/ of the real data."""
    return lambda name: (smelt_data / "mtconnect" / name).read_bytes()


@pytest.fixture(scope="session")
def xml_document() -> Callable[..., bytes]:
    """Make an XML document of one device from observations, each a category and the element's text."""

    def make(*observations: tuple[str, str], instance_id: int = 7, uuid: str = "m1", head: str = "") -> bytes:
        body = "".join(f"<{category}>{element}</{category}>" for category, element in observations)
        component = f'<ComponentStream component="Path" componentId="p">{body}</ComponentStream>'
        header = f'<Header instanceId="{instance_id}" sender="here" creationTime="2020-01-01T00:00:01Z" '
        header += 'firstSequence="1" nextSequence="9" lastSequence="8"/>'
        device = f'<DeviceStream name="Mill" uuid="{uuid}">{component}</DeviceStream>'
        return f"{head}<MTConnectStreams>{header}<Streams>{device}</Streams></MTConnectStreams>".encode()

    return make


@pytest.fixture(scope="session")
def xml_positions(xml_document: Callable[..., bytes]) -> Callable[..., bytes]:
    """Make an XML document with one numbered Position after the other."""

    def make(first: int = 1, count: int = 3, **more: Any) -> bytes:
        stamp = "2020-01-01T00:00:00Z"
        positions = "".join(
            f'<Position dataItemId="x" sequence="{n}" timestamp="{stamp}">{n}.5</Position>'
            for n in range(first, first + count)
        )
        return xml_document(("Samples", positions), **more)

    return make
