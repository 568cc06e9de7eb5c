"""The landing zone: which files lie there, what identifies them, when they arrived, and their bytes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatch
from glob import escape
from pathlib import Path, PurePosixPath

import obstore
from obstore.store import LocalStore, ObjectStore, from_url

from smelt.terms.errors import InputError

SKIPPED_NAMES = ("_SUCCESS", ".manifest", ".tmp")
ERROR_PREFIXES = ("processing-failed/", "format-conversion-failed/", "splunk-failed/", "elasticsearch-failed/")
_IN_NAME = re.compile(r"(\d{4})-(\d\d)-(\d\d)-(\d\d)-(\d\d)-(\d\d)")
_IN_FOLDER = re.compile(r"(?:^|/)(\d{4})/(\d\d)/(\d\d)/(\d\d)(?:/|$)")


@dataclass(frozen=True, order=True)
class LandingFile:
    """A file as listed; path is below the landing folder, and (path, size, etag) is its identity."""

    path: str
    size: int
    etag: str

    @property
    def folder(self) -> str:
        """The path without the file's name."""
        return PurePosixPath(self.path).parent.as_posix()


@dataclass(frozen=True)
class Landing:
    """A folder or URL that raw files land in; `pattern` keeps some of them (fnmatch on the path)."""

    root: str
    pattern: str = "*"

    @classmethod
    def at(cls, where: str) -> "Landing":
        """Split an address with wildcards, such as 'logs/*/2016-*', into root and pattern.

        Raises
        ------
        InputError
            If the folder does not exist.
        """
        if "://" in where:
            return cls(where.rstrip("/"))
        parts = Path(where).parts
        literal = len(parts) if Path(where).exists() else 0
        wild = literal or next((i for i, part in enumerate(parts) if any(c in part for c in "*?[")), len(parts))
        root = Path(*parts[:wild]).absolute()
        if root.is_file():
            return cls(str(root.parent), escape(root.name))
        if not root.is_dir():
            raise InputError(
                f"landing folder '{root}' does not exist; expected a folder of raw files. "
                "Nothing was written. Check --landing or --shdr."
            )
        return cls(str(root), "/".join(parts[wild:]) or "*")

    def files(self) -> list[LandingFile]:
        """List the files to read, in the order of their paths; markers and error prefixes are left out."""
        return sorted(self._listed())

    def read(self, file: LandingFile) -> bytes:
        """Return a file's bytes as they lie there."""
        return bytes(obstore.get(self._store(), file.path).bytes())

    def _listed(self) -> Iterator[LandingFile]:
        for page in self._store().list():
            for found in page:
                path = found["path"]
                if found["size"] and is_data(path) and fnmatch(path, self.pattern):
                    yield LandingFile(path, found["size"], found["e_tag"] or "")

    def _store(self) -> ObjectStore:
        return from_url(self.root) if "://" in self.root else LocalStore(self.root)


def is_data(path: str) -> bool:
    """Say whether a key is data: no folder marker, no manifest, nothing below an error prefix, not hidden.

    Examples
    --------
    >>> is_data("2017/10/05/09/stream-1.gz"), is_data("processing-failed/2017/x"), is_data("2017/_SUCCESS")
    (True, False, False)
    """
    name = PurePosixPath(path).name
    if path.endswith("/") or name.startswith(".") or name.endswith(SKIPPED_NAMES):
        return False
    return not any(path.startswith(p) or f"/{p}" in path for p in ERROR_PREFIXES)


def received_at(path: str) -> str | None:
    """Return the time in an object's key as ISO text: the name's own, else its hour folder's, else None.

    Digits that are no time, such as month 13, are none either.

    Examples
    --------
    >>> received_at("2017/10/05/09/s-1-2017-10-05-09-30-31-6513270e.gz")
    '2017-10-05T09:30:31+00:00'
    >>> received_at("2017/10/05/09/x.gz"), received_at("GFAgie01-20161108-20161109.txt.gz")
    ('2017-10-05T09:00:00+00:00', None)
    """
    named = _IN_NAME.search(PurePosixPath(path).name)
    folder = named or _IN_FOLDER.search(path)
    if folder is None:
        return None
    numbers = [int(part) for part in folder.groups()]
    try:
        return datetime(*numbers, tzinfo=UTC).isoformat()  # type: ignore[misc, arg-type]
    except ValueError:
        return None
