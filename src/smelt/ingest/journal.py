"""What sources say once, on the local disk from the moment that it is heard until it is in the landing zone."""

import errno
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from smelt.ingest.recorded_file import packed
from smelt.ingest.recorder import Cursor
from smelt.ingest.spool import LandingBytes


@dataclass(frozen=True)
class Heard:
    """Bytes that go to the end of an open landing file, whose recorder they are of, and the cursor behind them."""

    key: str
    name: str
    cursor: Cursor
    plain: bytes


@dataclass(frozen=True)
class Left:
    """What a process that was killed had heard and not delivered: whole landing files, and the cursors behind them."""

    files: tuple[LandingBytes, ...] = ()
    cursors: Mapping[str, Cursor] = field(default_factory=dict)


@dataclass
class Journal:
    """Files of a folder, each for the landing files of one roll.

    It survives the process, whatever kills it, for the page cache does; after a power cut its end may be missing.

    error : why the last could not be written, None if it could. It then waits in memory alone, until the next roll.
    size_bytes : of the file that is written now.
    """

    folder: Path
    error: str | None = None
    size_bytes: int = 0
    _descriptor: int | None = None
    _closed: list[Path] = field(default_factory=list)
    _number: int = 0  # of the last file

    def left(self) -> Left:
        """Return what earlier processes left here, under the keys that its files had; `forget` forgets it."""
        self._closed = sorted(self.folder.glob("[0-9]" * 10 + ".journal"))
        self._number = int(self._closed[-1].stem) if self._closed else 0
        files: dict[str, list[bytes]] = {}
        cursors: dict[str, Cursor] = {}
        for heard in (h for path in self._closed for h in _heard(path.read_bytes())):
            files.setdefault(heard.key, []).append(heard.plain)
            cursors[heard.name] = heard.cursor
        return Left(tuple(LandingBytes(key, packed(b"".join(plain))) for key, plain in files.items()), cursors)

    def add(self, heard: Heard) -> None:
        """Append what was heard; a disk that is full is told in `error`."""
        if self.error:
            return
        head = json.dumps([heard.key, heard.name, heard.cursor, len(heard.plain)]).encode()
        entry = b"%s\n%s" % (head, heard.plain)
        try:
            if self._descriptor is None:
                self._open_next()
            assert self._descriptor is not None
            if os.write(self._descriptor, entry) < len(entry):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            self.size_bytes += len(heard.plain)
        except OSError as error:
            self.error = f"journal {self.folder}: {error.strerror}"

    def roll(self) -> None:
        """Close the file: what is added from now on belongs to other landing files."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._closed.append(self._path())
        self._descriptor, self.error, self.size_bytes = None, None, 0

    def forget(self) -> None:
        """Remove the files that were closed, or left: what is in them lies in the landing zone, or in the spool."""
        for path in self._closed:
            path.unlink(missing_ok=True)
        self._closed = []

    def _open_next(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._number += 1
        self._descriptor = os.open(self._path(), os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600)

    def _path(self) -> Path:
        return self.folder / f"{self._number:010d}.journal"


def _heard(journal: bytes) -> Iterator[Heard]:
    """Give what stands in a journal; of a last entry that was cut, its whole lines."""
    at = 0
    while (end := journal.find(b"\n", at)) >= 0:
        try:
            key, name, cursor, length = json.loads(journal[at:end])
            at = end + 1 + int(length)
        except (ValueError, TypeError):  # a power cut left no more of it than zeros
            return
        plain = journal[end + 1 : at]
        if len(plain) < length:
            plain = plain[: plain.rfind(b"\n") + 1]
        if plain:
            yield Heard(key, name, cursor, plain)
