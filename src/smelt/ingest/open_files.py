"""The landing files that are open: one for documents, one for each adapter's log; what is said once, apart."""

import random
import uuid
from collections.abc import Sequence

from smelt.ingest.journal import Heard, Journal
from smelt.ingest.recorded_file import RecordedFile, folder_of, landing_key
from smelt.ingest.recorder import Cursor, Part
from smelt.ingest.spool import LandingBytes

TIMES = 8  # a journal is not packed: about so much larger than what is


class OpenFiles:
    """Landing files in memory; those of parts that are said once are in the journal too.

    Parameters
    ----------
    recorder : the process's name, which keys carry.
    rng : names files.
    """

    def __init__(self, recorder: str, journal: Journal, rng: random.Random) -> None:
        self._recorder, self._journal, self._rng = recorder, journal, rng
        self._files: dict[tuple[str, bool], RecordedFile] = {}

    def __bool__(self) -> bool:
        """Say whether there is anything in them."""
        return bool(self._files)

    def add(self, name: str, parts: Sequence[Part], cursor: Cursor, now_us: int) -> None:
        """Append parts of a recorder, behind which its cursor stands."""
        once: dict[str, list[bytes]] = {}
        for part in parts:
            file = self._file(folder_of(part), part.is_once, now_us)
            pieces = file.add(part)
            if part.is_once:
                once.setdefault(file.key, []).extend(pieces)
        for key, heard in once.items():
            self._journal.add(Heard(key, name, cursor, b"".join(heard)))

    def are_full(self, size_bytes: int) -> bool:
        """Say whether they are as large as they may be, packed and together, or their journal is."""
        packed = sum(f.packed_bytes for f in self._files.values())
        return packed >= size_bytes or self._journal.size_bytes >= TIMES * size_bytes

    def take(self) -> tuple[LandingBytes, ...]:
        """Close them; what comes from now on goes into new ones."""
        files, self._files = self._files, {}
        self._journal.roll()
        return tuple(LandingBytes(f.key, f.finish()) for f in files.values())

    def _file(self, folder: str, is_once: bool, now_us: int) -> RecordedFile:
        if (folder, is_once) not in self._files:
            unique = str(uuid.UUID(int=self._rng.getrandbits(128), version=4))
            key = landing_key(folder, now_us, self._recorder, unique)
            self._files[folder, is_once] = RecordedFile(key, is_log=bool(folder))
        return self._files[folder, is_once]
