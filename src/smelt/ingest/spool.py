"""Landing files that wait on the local disk while the landing zone is away, and the cursors that stand behind them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from smelt.ingest.landing_zone import settle
from smelt.terms.errors import InputError, TransientError

CURSORS = "cursors.json"
DELIVERED = "delivered.json"


@dataclass(frozen=True)
class LandingBytes:
    """A file that is to lie in the landing zone."""

    key: str
    body: bytes


@dataclass(frozen=True)
class Spool:
    """A folder of at most `limit_bytes` of waiting files, oldest first.

    Cursors stand here only while they are ahead of those in the landing zone: where there are any, they count.
    Files are synced before cursors are written, so a cursor never names what could still be lost. Beside them lies
    a copy of those in the landing zone, for a process that begins while that is away.
    """

    folder: Path
    limit_bytes: int

    def add(self, files: tuple[LandingBytes, ...], cursors: Mapping[str, Any]) -> None:
        """Keep files, then the cursors that stand behind them; a file that waits already waits once.

        Raises
        ------
        TransientError
            If they do not fit; nothing was kept.
        """
        held, more = self.size_bytes(), sum(len(f.body) for f in files)
        if held + more > self.limit_bytes:
            raise TransientError(
                f"spool {self.folder} is full: {held:,} of {self.limit_bytes:,} bytes wait, {more:,} more do not fit. "
                "Recording waits until the landing zone is back; a larger [record] spool_mb holds out longer."
            )
        self.folder.mkdir(parents=True, exist_ok=True)
        names = [path.name.partition("-") for path in self.waiting()]
        first = int(names[-1][0]) + 1 if names else 0
        held_names = {name for _, _, name in names}
        for number, file in enumerate(files, first):
            name = quote(file.key, safe="")
            if name not in held_names:
                _write(self.folder / f"{number:010d}-{name}", file.body)
        _write(self.folder / CURSORS, json.dumps(cursors).encode())

    def waiting(self) -> list[Path]:
        """Return the files that wait, oldest first."""
        return sorted(p for p in self.folder.glob("[0-9]*-*") if p.suffix != ".part")

    def size_bytes(self) -> int:
        """Return how many bytes wait."""
        return sum(p.stat().st_size for p in self.waiting())

    def read(self, path: Path) -> LandingBytes:
        """Read a file that waits."""
        return LandingBytes(unquote(path.name.partition("-")[2]), path.read_bytes())

    def cursors(self) -> dict[str, Any] | None:
        """Return the cursors that are ahead of the landing zone's; None if there are none.

        Raises
        ------
        InputError
            If the file is not JSON.
        """
        return self._read(CURSORS)

    def delivered(self) -> dict[str, Any] | None:
        """Return the cursors that the landing zone had last, as far as this machine knows; None if it knows none."""
        return self._read(DELIVERED)

    def note_delivered(self, cursors: Mapping[str, Any]) -> None:
        """Note that the landing zone has these cursors now, and forget those that were ahead."""
        self.folder.mkdir(parents=True, exist_ok=True)
        _write(self.folder / DELIVERED, json.dumps(cursors).encode())
        (self.folder / CURSORS).unlink(missing_ok=True)

    def _read(self, name: str) -> dict[str, Any] | None:
        path = self.folder / name
        try:
            return dict(json.loads(path.read_bytes()))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError) as error:
            raise InputError(
                f"{path} is not what a recorder wrote ({error}). Nothing was recorded. Move it away: "
                "recording then goes on from the landing zone's cursors."
            ) from error


def _write(path: Path, body: bytes) -> None:
    """Write a file so that it is there whole or not at all, even after a power cut."""
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(body)
    settle(part)
    part.replace(path)
    settle(path)
