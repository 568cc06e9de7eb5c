"""An open landing file: parts packed as they come, multipart for documents, plain lines for an adapter's log."""

import re
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote, urlsplit

from smelt.ingest.recorder import SHDR, Part

BOUNDARY = b"--smelt\r\n"
LOGS = "shdr"  # the folder of adapters' logs, one folder a device in it
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FAST = 1  # zlib's level; recorders have a machine's edge computer to themselves at best
_GZIP = 31  # zlib's window bits for a gzip member
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass
class RecordedFile:
    """Parts of one landing file so far; `key` is where it is to lie, `is_log` says that it is an adapter's."""

    key: str
    is_log: bool = False
    plain_bytes: int = 0
    packed_bytes: int = 0
    _packer: "zlib._Compress" = field(default_factory=lambda: zlib.compressobj(_FAST, zlib.DEFLATED, _GZIP))
    _packed: list[bytes] = field(default_factory=list)

    def add(self, part: Part) -> tuple[bytes, ...]:
        """Append a part; return the pieces of the file that it became."""
        pieces = _log_lines(part) if self.is_log else _framed(part)
        for piece in pieces:
            self.plain_bytes += len(piece)
            self._keep(self._packer.compress(piece))
        return pieces

    def finish(self) -> bytes:
        """Return the file's bytes: one gzip member. Nothing can be added any more."""
        self._keep(self._packer.flush())
        return b"".join(self._packed)

    def _keep(self, packed: bytes) -> None:
        if packed:
            self._packed.append(packed)
            self.packed_bytes += len(packed)


def packed(plain: bytes) -> bytes:
    """Return a file's bytes at once, as `finish` would."""
    return zlib.compress(plain, _FAST, _GZIP)


def landing_key(folder: str, opened_at_us: int, recorder: str, unique: str) -> str:
    """Return a file's key, as Firehose would name it: the hour and the time of its oldest part.

    Parameters
    ----------
    folder : '' for documents, `shdr/<device>` for a device's log.

    Examples
    --------
    >>> landing_key("", 1_795_512_600_123_456, "shop", "6513270e")
    '2026/11/24/09/shop-2026-11-24-09-30-00-6513270e.gz'
    """
    at = _EPOCH + timedelta(microseconds=opened_at_us)
    return f"{f'{folder}/' if folder else ''}{at:%Y/%m/%d/%H}/{recorder}-{at:%Y-%m-%d-%H-%M-%S}-{unique}.gz"


def folder_of(part: Part) -> str:
    """Return the folder of the file that a part belongs to.

    Examples
    --------
    >>> folder_of(Part(b"", "text/xml", "http://mazak-1:5000/current", 0))
    ''
    >>> folder_of(Part(b"", SHDR, "shdr://cell-4:7878/Mazak01", 0))
    'shdr/Mazak01'
    """
    if part.content_type != SHDR:
        return ""
    return f"{LOGS}/{as_folder_name(unquote(urlsplit(part.source).path.rpartition('/')[2]))}"


def as_folder_name(name: str) -> str:
    """Return a name that is one path component, whatever was in it, and not a hidden one.

    Examples
    --------
    >>> as_folder_name("Mazak01"), as_folder_name("../x y"), as_folder_name("")
    ('Mazak01', '%2E.%2Fx y', '_')
    """
    quoted = quote(name, safe=" ()+,;=@&$!'")
    return f"%2E{quoted[1:]}" if quoted.startswith(".") else quoted or "_"


def as_time(at_us: int) -> str:
    """Return microseconds since 1970 as ISO text.

    Examples
    --------
    >>> as_time(1_795_512_600_123_456)
    '2026-11-24T09:30:00.123456Z'
    """
    return (_EPOCH + timedelta(microseconds=at_us)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _framed(part: Part) -> tuple[bytes, ...]:
    head = f"Content-Type: {_line(part.content_type)}\r\nContent-Location: {_line(part.source)}\r\n"
    if part.record_key is not None:
        head += f"Record-Key: {_line(part.record_key)}\r\n"
    head += f"Received-At: {as_time(part.received_at_us)}\r\nContent-Length: {len(part.body)}\r\n\r\n"
    return BOUNDARY, head.encode("utf-8", "replace"), part.body, b"\r\n"


def _log_lines(part: Part) -> tuple[bytes, ...]:
    return (part.body,) if part.body.endswith(b"\n") else (part.body, b"\n")


def _line(text: str) -> str:
    """Escape what would end a header line: names and topics come from outside."""
    return _CONTROL.sub(lambda found: f"%{ord(found[0]):02X}", text)
