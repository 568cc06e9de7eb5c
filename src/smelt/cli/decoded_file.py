"""Reads one file for `smelt decode`, piece by piece, whatever it is."""

import os
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import IO

from smelt.mtconnect.containers import open_container
from smelt.mtconnect.dialect import decode, sniff
from smelt.mtconnect.long.piece import placed
from smelt.mtconnect.pieces import cut
from smelt.terms.errors import InputError
from smelt.terms.observation import Decoded, Origin, Probe, ProbedDevice, Reject

_CHUNK = 1 << 20
STANDARD_INPUT = Path("-")


@dataclass(frozen=True)
class Known:
    """What the caller says beside the files: the agent's device model, and whose data they are."""

    probe: Probe | None = None
    device: str | None = None

    def sample_rates(self) -> dict[tuple[str, str], float]:
        """Return values a second of the time series whose rate the probe tells."""
        items = [i for d in self._devices() for i in d.data_items]
        return {(i.device_uuid, i.id): i.sample_rate for i in items if i.sample_rate is not None}

    def log_device(self, file: Path) -> ProbedDevice | None:
        """Return the device whose log a file is: the one named, the one in the file's name, or the only one.

        Raises
        ------
        InputError
            If a device is named that the probe does not have.
        """
        devices = self._devices()
        if self.device is None:
            named = sorted(
                (d for d in devices if d.name in file.name or d.uuid in file.name), key=lambda d: -len(d.name)
            )
            return named[0] if named else devices[0] if len(devices) == 1 else None
        found = next((d for d in devices if self.device in (d.name, d.uuid)), None)
        if found is None and self.probe is not None:
            names = ", ".join(d.name for d in devices) or "none"
            raise InputError(f"no device {self.device!r} in the probe; its devices are {names}. Name one of them.")
        return found

    def _devices(self) -> list[ProbedDevice]:
        return [d for d in self.probe.devices if not d.is_agent] if self.probe is not None else []


@dataclass
class ReadFile:
    """A file being read: `pieces` yields what each stretch says, then `rejects` holds what could not be unpacked."""

    path: Path
    known: Known
    rejects: list[Reject] = field(default_factory=list)

    def pieces(self) -> Iterator[Decoded]:
        """Yield what the stretches of the file say; offsets count in its plain bytes.

        Raises
        ------
        InputError
            If there is no such file.
        """
        rates = self.known.sample_rates()
        with self._opened() as stream:
            size = stream.seek(0, os.SEEK_END)

            def plain(rejects: list[Reject]) -> Iterator[bytes]:
                return open_container(partial(_chunks, stream), size, self.path.name, rejects)

            for piece in cut(plain(self.rejects), again=lambda: plain([])):
                yield placed(decode(piece.data, self._origin(piece.data, rates)), piece)

    def _opened(self) -> IO[bytes]:
        """Open the file; what a pipe or standard input (`-`) brings is held on disk, for containers are read twice."""
        if self.path.is_file():
            return self.path.open("rb")
        is_standard = self.path == STANDARD_INPUT
        if not is_standard and not self.path.is_fifo():
            what = "is a folder" if self.path.is_dir() else "is no file" if self.path.exists() else "does not exist"
            raise InputError(
                f"{self.path} {what}; expected a file, or - for standard input. "
                "Give files, such as landing/2026/11/24/09/*.gz."
            )
        held = TemporaryFile()  # noqa: SIM115 the caller closes it, which deletes it
        with nullcontext(sys.stdin.buffer) if is_standard else self.path.open("rb") as pipe:
            copyfileobj(pipe, held, _CHUNK)
        return held

    def _origin(self, data: bytes, rates: dict[tuple[str, str], float]) -> Origin:
        """Say whose data these are: a log does not tell it, so its file's name has to do where nothing else does."""
        device = self.known.log_device(self.path)
        uuid = device.uuid if device is not None else self.known.device
        if uuid is None and sniff(data) == "shdr":
            uuid = _name_of(self.path)
        return Origin(device, uuid, rates)


def _chunks(stream: IO[bytes], at: int) -> Iterator[bytes]:
    while stream.seek(at) >= 0 and (chunk := stream.read(_CHUNK)):
        yield chunk
        at += len(chunk)


def _name_of(path: Path) -> str:
    """Return the beginning of a log's name: `Mazak01` of `Mazak01-20171030-20171031.txt.gz`."""
    return path.name.split(".")[0].split("-")[0] or path.name
