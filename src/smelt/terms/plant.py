"""A plant as its folder describes it: classes, devices, settings, and the mapping of each class."""

from dataclasses import dataclass, field
from typing import Literal

from smelt.terms.observation import Category

Fill = Literal["hold", "none"]
Dtype = Literal["float64", "string"]


@dataclass(frozen=True)
class Device:
    """A machine: its MTConnect uuid, the name that people say, and its class."""

    uuid: str
    name: str
    class_name: str = "machine"


@dataclass(frozen=True)
class Column:
    """One line of a mapping file: a data item (by name or id) becomes a column.

    `fill` is what happens between observations: "hold" carries the last value forward, "none"
    leaves the cell empty. `low` and `high` bound the plausible range, both inclusive, in `unit`.
    """

    item: str
    name: str
    category: Category
    dtype: Dtype
    unit: str | None = None
    fill: Fill = "hold"
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class ClassMapping:
    """A class's columns in order, and the expression over them that says when the machine runs."""

    class_name: str
    columns: tuple[Column, ...]
    running: str | None = None

    def of(self, category: Category) -> tuple[Column, ...]:
        """Return the columns of one category, in order."""
        return tuple(c for c in self.columns if c.category == category)


@dataclass(frozen=True)
class Agent:
    """A source of documents: plant.toml gives its URL, or the prefix of its landing files, a name."""

    name: str
    prefix: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class Alarms:
    """What people can bear: expected false episodes per device and 168 scored hours."""

    budget_per_168h: float = 2.0


@dataclass(frozen=True)
class Training:
    """How much of a device's running time trains the forest, and how much calibrates it, in order of time."""

    train_share: float = 0.4
    calibration_share: float = 0.2
    window_minutes: int = 15
    trees: int = 100
    samples_per_tree: int = 256
    seed: int = 0


@dataclass(frozen=True)
class Lake:
    """Where the tables are: a folder (beside plant.toml unless absolute) or an object store's URL."""

    uri: str = "lake"


@dataclass(frozen=True)
class Source:
    """Where raw data lands: folders or URLs of documents, a pattern of adapter logs, and the probe.

    `exclude` are patterns of landing paths that are no data, such as Firehose's backup of source records.
    """

    landing: str | None = None
    shdr: str | None = None
    probe: str | None = None
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True)
class Work:
    """How work is done here: `engine` is auto, in-process or process-pool; 0 workers means one per core.

    `poll_seconds` lie between the passes of a run that goes on; `lease_seconds` is how long the lease of a driver
    that died stands, in a lake on an object store.
    """

    engine: Literal["auto", "in-process", "process-pool"] = "auto"
    workers: int = 0
    poll_seconds: float = 10.0
    lease_seconds: float = 60.0


@dataclass(frozen=True)
class Record:
    """How live sources are recorded: `smelt record`, one process for all agents that have a URL.

    name : of the process; it names cursors and files in the landing zone, where only one may use it at a time.
    roll_seconds, roll_mb : a landing file is closed when it is so old, or so large (packed).
    spool, spool_mb : folder that landing files wait in while the landing zone is away, and how much may wait.
    interval_ms, heartbeat_ms : asked of MTConnect agents: time between two documents, and between signs of life.
    """

    name: str = "recorder"
    roll_seconds: float = 60.0
    roll_mb: float = 16.0
    spool: str = "spool"
    spool_mb: float = 1024.0
    interval_ms: int = 1000
    heartbeat_ms: int = 10_000


@dataclass(frozen=True)
class Plant:
    """plant.toml as read; `contact_timeout_minutes` is how long silence still counts as live."""

    devices: tuple[Device, ...] = ()
    agents: tuple[Agent, ...] = ()
    alarms: Alarms = field(default_factory=Alarms)
    training: Training = field(default_factory=Training)
    lake: Lake = field(default_factory=Lake)
    source: Source = field(default_factory=Source)
    work: Work = field(default_factory=Work)
    record: Record = field(default_factory=Record)
    contact_timeout_minutes: int = 10
    timezone: str = "UTC"

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes in the order in which devices name them."""
        return tuple(dict.fromkeys(d.class_name for d in self.devices))

    def device(self, uuid: str) -> Device | None:
        """Return the device of this uuid, or None."""
        return next((d for d in self.devices if d.uuid == uuid), None)
