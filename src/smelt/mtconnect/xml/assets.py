"""The assets of an MTConnectAssets document in XML, each kept as the text that it stands in."""

from smelt.mtconnect.rows import Building
from smelt.mtconnect.xml.documents import Found
from smelt.mtconnect.xml.session import RefusedError, Session, unprefixed
from smelt.terms.observation import Asset

_ASSET = 2  # elements around: the root and Assets


def read_assets(building: Building, data: bytes, found: Found, limit: int) -> None:
    """Add the assets of the document, which is the building's newest; one without an id is rejected."""
    reader = _Reader()
    session = Session(data, limit, reader)
    try:
        session.parse(found.start)
    except RefusedError:
        return
    for start, end, name, attributes in reader.found:
        asset_id = attributes.get("assetId")
        if not asset_id:
            building.reject(start, end, "asset: no assetId")
            continue
        building.assets.append(
            Asset(
                document=len(building.documents) - 1,
                asset_id=asset_id,
                type=name,
                device_uuid=attributes.get("deviceUuid") or None,
                time_us=building.times.parse(attributes.get("timestamp") or "-"),
                is_removed=attributes.get("removed") in ("true", "1"),
                content=data[start:end].decode(session.encoding or "utf-8", errors="replace"),
            )
        )


class _Reader:
    """Takes the elements below Assets: first and last byte, name, attributes."""

    def __init__(self) -> None:
        self.found: list[tuple[int, int, str, dict[str, str]]] = []
        self._is_within = False
        self._open: tuple[int, str, dict[str, str]] | None = None

    def start(self, depth: int, name: str, attributes: dict[str, str], at: int) -> None:
        if depth == 1:
            self._is_within = name == "Assets"
        elif depth == _ASSET and self._is_within:
            self._open = (at, name, unprefixed(attributes))

    def end(self, depth: int, end: int) -> None:
        if depth == _ASSET and self._open is not None:
            at, name, attributes = self._open
            self.found.append((at, end, name, attributes))
            self._open = None

    def text(self, found: str) -> None:
        """Leave text alone: it is in the bytes."""
