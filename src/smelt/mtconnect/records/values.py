"""A parsed JSON value to rows: an observation, a poll, an envelope around a document, or a document in a foreign shape.

Its keys say which; what is none of them is rejected with its reason.
"""

from collections.abc import Callable
from typing import Any

import orjson

from smelt.mtconnect.json import trakhound, xml2json, xml_order
from smelt.mtconnect.json.documents import (
    BARE_DEVICES,
    ROOTS,
    add_bare_asset,
    add_bare_device,
    add_document,
    is_bare_asset,
)
from smelt.mtconnect.json.header import UnfitError
from smelt.mtconnect.json.streams import DeviceRows
from smelt.mtconnect.json.values import parse
from smelt.mtconnect.records import entities, envelopes, mtc2kafka
from smelt.mtconnect.records import shdr as shdr_records
from smelt.mtconnect.records import sms as sms_records
from smelt.mtconnect.records.envelopes import BLANKS, MAX_ENVELOPES
from smelt.mtconnect.records.snapshots import Snapshots
from smelt.mtconnect.records.snapshots import fits as is_snapshot
from smelt.mtconnect.rows import Building, Document, Place
from smelt.mtconnect.xml.decode import decode_xml
from smelt.mtconnect.xml.documents import ROOT
from smelt.terms.errors import DataError
from smelt.terms.observation import Decoded, Dialect, Origin, Reject

NEITHER = "neither an MTConnect document nor a record"
_LOOSE_MODEL = "a device model outside of its document: nothing tells its agent or time"
_DECLARATION = {"?xml", ":@"}


class Values:
    """Adds parsed values of one file to its building.

    Parameters
    ----------
    decode : reads documents of the agent's own JSON, whole or torn.

    Attributes
    ----------
    before : where the value before ended, if nothing else stands between; -1 otherwise.
    """

    def __init__(self, building: Building, decode: Callable[[bytes, Origin], Decoded]) -> None:
        self._building = building
        self._decode = decode
        self._snapshots = Snapshots()
        self.before = -1

    def add(self, value: Any, place: Place, origin: Origin, depth: int = 0) -> None:
        """Add a parsed value, or reject it with its reason."""
        try:
            if isinstance(value, dict):
                self._add_object(value, place, origin, depth)
            elif isinstance(value, list):
                for member in value:
                    self.add(member, place, origin, depth)
            elif isinstance(value, str):
                self._add_text(value, place, origin, depth)
            else:
                raise UnfitError(f"neither an MTConnect document nor a record: {str(value)[:40]}")
        except DataError as error:
            self.reject(place.offset, place.offset + place.length, str(error))

    def _add_object(self, value: dict[str, Any], place: Place, origin: Origin, depth: int) -> None:
        observation = entities.observation_of(value)
        if observation is not None:
            if observation is not value and self._is_torn() and entities.is_loose(value, observation, origin):
                raise UnfitError(entities.LOOSE)
            self._add_rows("entities", entities.read(observation, self._building.times, origin), place)
            return
        if self._add_known_document(value, place, origin):
            return
        if "rawData" in value and ("errorCode" in value or "ErrorCode" in value):
            raise UnfitError("an error record of a delivery stream (rawData): no observations are read from it")
        if envelopes.fits(value):
            self._add_payload(value, place, origin, depth)
            return
        found = self._rows_of(value, origin)
        if found is None and depth < MAX_ENVELOPES and (inner := envelopes.contents_of(value)):
            around = envelopes.origin_in(value, origin)
            for member in inner:
                self.add(member, place, around, depth + 1)
            return
        if found is None:
            keys = ", ".join(map(repr, list(value)[:6]))[:120]
            raise UnfitError(f"no record that is known: an object {f'with keys {keys}' if keys else 'without keys'}")
        self._add_rows(*found, place)

    def _add_known_document(self, value: dict[str, Any], place: Place, origin: Origin) -> bool:
        value = xml_order.compact(value) or value
        root = xml2json.root_of(value)
        bare = xml2json.root_of_content(value) if root is None else None
        if root is not None:
            content = value[root]
            is_ordered = isinstance(content, list)
            ordered = xml_order.compact_list(content, value.get(":@")) if is_ordered else content
            self._add_rooted(root, ordered, place, origin)
        elif "?xml" in value and value.keys() <= _DECLARATION:
            return True
        elif bare is not None:
            self._add_rooted(bare, value, place, origin)
        elif trakhound.fits(value):
            trakhound.add_document(self._building, value, place)
        elif len(value) == 1 and next(iter(value)) in BARE_DEVICES:
            if self._is_torn() and origin.source is None and origin.record_key is None:
                raise UnfitError(_LOOSE_MODEL)
            add_bare_device(self._building, value, place)
        elif is_bare_asset(value):
            add_bare_asset(self._building, value, place)
        else:
            return False
        return True

    def _add_rooted(self, root: str, content: Any, place: Place, origin: Origin) -> None:
        """Add a document under the standard's name: the agent's own JSON, or XML that was converted."""
        if root not in ROOTS or xml2json.is_converted(content):
            xml2json.add_document(self._building, root, content, place)
            return
        try:
            add_document(self._building, root, content, place)
        except DataError:
            if not isinstance(content, dict):
                raise
            # what is good of it can be told apart in its bytes
            self._building.absorb(self._decode(orjson.dumps({root: content}), origin), place)

    def _add_payload(self, value: dict[str, Any], place: Place, origin: Origin, depth: int) -> None:
        if depth >= MAX_ENVELOPES:
            raise UnfitError(f"envelopes in envelopes, more than {MAX_ENVELOPES} deep")
        payload, inner = envelopes.unwrap(value, self._building.times, origin)
        self.add(payload, place._replace(source=inner.source, received_at=inner.received_at_us), inner, depth + 1)

    def _add_text(self, text: str, place: Place, origin: Origin, depth: int) -> None:
        """Add what a text holds: a document or record once more, or the last will of an agent."""
        start = text.lstrip(BLANKS)
        data = start.encode(errors="replace")
        will = envelopes.last_will(text)
        if will is not None:
            raise UnfitError(will)
        if start.startswith("<") and ROOT.search(data):
            self._building.absorb(decode_xml(data, origin), place)
        elif start.startswith(("{", "[", '"')):
            value = parse(data) if depth < MAX_ENVELOPES else None
            if value is None:
                self._building.absorb(self._decode(data, origin), place)
            else:
                self.add(value, place, origin, depth + 1)
        else:
            raise UnfitError(f"a text, no MTConnect document: {text[:40]!r}")

    def _rows_of(self, value: dict[str, Any], origin: Origin) -> tuple[Dialect, list[DeviceRows]] | None:
        times = self._building.times
        if mtc2kafka.fits(value):
            return "mtc2kafka", mtc2kafka.read(value, times, origin)
        if sms_records.fits(value):
            return "sms-records", sms_records.read(value, times, origin)
        if shdr_records.fits(value):
            return "shdr", shdr_records.read(value, times, origin)
        return ("snapshots", self._snapshots.read(value, times)) if is_snapshot(value) else None

    def _add_rows(self, dialect: Dialect, devices: list[DeviceRows], place: Place) -> None:
        self._building.add_record(Document(*place[:2], "records", dialect, received_at=place.received_at))
        for device in devices:
            self._building.add_rows(device.device_uuid, device.rows)

    def reject(self, start: int, end: int, reason: str) -> None:
        """Reject bytes; many values in a row that are wrong in the same way are one reject."""
        rejects = self._building.rejects
        last = rejects[-1] if rejects and rejects[-1].reason == reason else None
        if last is not None and last.offset + last.length == self.before:
            rejects[-1] = Reject(last.offset, end - last.offset, reason)
        elif last is None or not last.offset <= start <= end <= last.offset + last.length:
            self._building.reject(start, end, reason)

    def _is_torn(self) -> bool:
        """Say whether what stands before was torn."""
        rejects = self._building.rejects
        return bool(rejects) and rejects[-1].reason in (NEITHER, entities.LOOSE, _LOOSE_MODEL)
