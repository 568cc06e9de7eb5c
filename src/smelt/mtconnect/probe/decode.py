"""The device model of an agent, from its /probe: MTConnectDevices as XML of any schema version, or as JSON."""

from smelt.mtconnect.probe.json import read_probe_json
from smelt.mtconnect.probe.xml import read_probe_xml
from smelt.mtconnect.unpack import unpack
from smelt.terms.errors import InputError
from smelt.terms.observation import Probe

_BOM = b"\xef\xbb\xbf"
_SHOWN = 60


def parse_probe(data: bytes) -> Probe:
    """Return the devices and data items that a probe declares.

    Parameters
    ----------
    data : an MTConnectDevices document, XML or JSON (version 1 or 2), plain or gzip.

    Raises
    ------
    InputError
        If this is no probe; the message says what it is.

    Examples
    --------
    >>> probe = parse_probe(b'<MTConnectDevices><Devices><Device name="M1" uuid="u1" id="d">'
    ...     b'<DataItems><DataItem id="a" category="EVENT" type="AVAILABILITY"/></DataItems>'
    ...     b'</Device></Devices></MTConnectDevices>')
    >>> probe.devices[0].data_items[0].type
    'AVAILABILITY'
    """
    plain = unpack(data).data.removeprefix(_BOM).strip()
    match plain[:1]:
        case b"<":
            return read_probe_xml(plain)
        case b"{":
            return read_probe_json(plain)
        case _:
            shown = plain[:_SHOWN].decode(errors="replace")
            raise InputError(
                f"this is no probe: it begins with {shown!r}; expected an MTConnectDevices document, XML or JSON. "
                "Save the agent's answer to /probe and give that file."
            )
