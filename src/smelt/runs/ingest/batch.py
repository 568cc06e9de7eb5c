"""What a task reads of landing files, and what it hands on: a batch of rows and all that goes with them."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from smelt.ingest.landing import Landing, LandingFile
from smelt.terms.observation import Probe, ProbedDevice, Reject
from smelt.terms.plant import Agent


@dataclass(frozen=True)
class Readable:
    """What to read, and what must be known to read it.

    log_device, log_uuid : whose logs the files are, if they are logs; no device where no probe declares it.
    sample_rates : values a second of (device uuid, data item) whose rate only the probe tells.
    """

    landing: Landing
    files: tuple[LandingFile, ...]
    agents: tuple[Agent, ...]
    log_device: ProbedDevice | None = None
    log_uuid: str | None = None
    sample_rates: tuple[tuple[tuple[str, str], float], ...] = ()

    def agent_of(self, path: str) -> str | None:
        """Return the name that plant.toml gives to where a file lies."""
        return next((a.name for a in self.agents if a.prefix is not None and path.startswith(a.prefix)), None)


@dataclass(frozen=True)
class Heard:
    """A device model or an asset, and whose: what stands in its document's header."""

    agent: str
    instance_id: int | None
    created_at: datetime | None
    received_at: datetime | None


@dataclass(frozen=True)
class LandedModel:
    """A device model that landed."""

    heard: Heard
    probe: Probe


@dataclass(frozen=True)
class ReadBatch:
    """Rows and all that goes with them; `documents` has DOCUMENTS columns but for plan and the counts.

    rows : DECODED_ROWS, one table a piece; their documents count through the batch.
    received_us : of each document.
    rejects : with the path of their file.
    goes_on : whether the first document is the last one of the batch before; its length is known better now.
    """

    rows: list[pa.Table]
    documents: pl.DataFrame
    received_us: NDArray[np.int64]
    rejects: list[tuple[str, Reject]]
    models: list[LandedModel]
    assets: list[dict[str, object]]
    goes_on: bool = False
