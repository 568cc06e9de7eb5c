"""Write docs/settings.md from the settings that smelt reads: `python docs/make_settings.py`."""

from pathlib import Path

from smelt.runs.plant.config import read_plant
from smelt.silver.mapping import CATEGORIES, dump_mapping
from smelt.terms.plant import ClassMapping, Column

TARGET = Path(__file__).with_name("settings.md")
MEANINGS = {
    "contact_timeout_minutes": "how long after its last word (observation or document) a device still counts as live",
    "timezone": "the plant's time zone on the pages, such as `Europe/Berlin`; tables are in UTC whatever it is",
    "alarms.budget_per_168h": "false episodes that people can bear per device and 168 scored hours; read in training",
    "training.train_share": "share of a device's running minutes, the earliest, that trains its forest",
    "training.calibration_share": "share of them, the next ones, that calibrates severity; held out from training",
    "training.window_minutes": "length of the trailing window of every feature; another one makes gold anew",
    "training.trees": "trees of a forest; a score's noise falls with their square root",
    "training.samples_per_tree": "rows that a tree grows from; 1/n is about the share of anomalies that stays visible",
    "training.seed": "the same seed gives the same forest on every machine",
    "lake.uri": "where the tables are: a folder, beside `plant.toml` unless absolute, or a URL such as `s3://bucket/lake`",
    "source.landing": "folder or URL that raw documents land in",
    "source.shdr": "adapter logs: a folder or a pattern such as `logs/*/2016-*`; the folder is named as the device, "
    "or the file's name begins with it",
    "source.probe": "an agent's answer to `/probe`, XML or JSON",
    "source.exclude": 'patterns of landing paths that are no data, such as `["backup/*"]` for Firehose\'s backup of '
    "source records; in the environment with commas between",
    "work.engine": "`in-process`, `process-pool`, or `auto`: the pool from 8 tasks on",
    "work.workers": "processes of the pool; 0: one per core",
    "work.poll_seconds": "pause between the passes of `smelt ingest` and `smelt run --follow`",
    "work.lease_seconds": "how long a lease stands whose holder died, in a lake on an object store; it is renewed four "
    "times in that time",
    "record.name": "of the recorder process; its cursors and landing files bear it, and one at a time has it",
    "record.roll_seconds": "a landing file is closed when it is so old; also `smelt record --roll`",
    "record.roll_mb": "or so large, packed",
    "record.spool": "folder where closed files wait while the landing zone is away",
    "record.spool_mb": "how much may wait there; then recording waits",
    "record.interval_ms": "asked of MTConnect agents: the time between two documents of a stream",
    "record.heartbeat_ms": "asked of them: the time between two signs of life; after two without one an agent is dead",
}
HEAD = """\
# Settings

Made by `python docs/make_settings.py` from `src/smelt/terms/plant.py`; change that file, not this one.

A plant is a folder with `plant.toml`, found like a git repository: `--plant DIR`, else `SMELT_PLANT`, else the nearest
`plant.toml` upwards. A setting comes from an option, else the environment, else the file, else its default;
`smelt config` shows each with where it came from. A name or a type that smelt does not know is
refused before anything is written.

| setting | default | environment | meaning |
|---|---|---|---|
{rows}

Relative paths in `plant.toml` count from its folder, those of an option from where you are. Tests read real data from
the folder that `SMELT_DATA` names, and skip without it.

## plant.toml

`smelt init`, `smelt simulate` and the first `smelt run` write it. Only what differs from the default has to stand
there.

```toml
timezone = "Europe/Berlin"
contact_timeout_minutes = 10

[alarms]
budget_per_168h = 1.0

[source]
landing = "landing/raw"
probe = "landing/probe.xml"

[[agents]]              # a live source: `smelt record` takes all that have a url
name = "mazak-1"
url = "http://mazak-1:5000"

[[agents]]              # names a source by its landing prefix; without either the document's sender is the agent
name = "hall-3"
prefix = "hall-3/"

[[devices]]
name = "FOG1"           # what people say
uuid = "FOG1"           # what the agent says
class = "mills"         # which mapping file: mappings/mills.toml
```

| `url` | a live source | options | needs |
|---|---|---|---|
| `http://host:5000`, `https://user:password@host/path` | an MTConnect agent | | |
| `mqtt://host:1883/MTConnect/#`, `mqtts://…` | topics of a broker | `session`, `version`, `ca` | `smelt[mqtt]` |
| `kafka://host:9092/topic` | topics | `group`, `instance`, `security`, `mechanism`, `ca` | `smelt[kafka]` |
| `kinesis://region/stream` | a stream of AWS Kinesis | `endpoint` | `smelt[aws]` |
| `shdr://host:7878/DEVICE` | an adapter's port, of the device of that name or uuid | | |

Options stand behind a question mark (`kafka://host:9092/topic?group=smelt`). Keys of AWS are where botocore looks.
Neither user nor password is shown or written to the landing zone.

Beside it may lie `static.csv` and `maintenance.csv` with the columns of [static/devices](tables.md#staticdevices) and
[maintenance/log](tables.md#maintenancelog); `smelt run` stores them when they change. `class_name` of `static.csv`
gives new devices their class.

## mappings/‹class›.toml

A mapping file decides what silver holds. `smelt run` and `smelt mapping propose` write one where it is missing, from
the probe and from what has been seen; then it is yours. Sections are {categories}; above them may stand `running`.

```toml
{mapping}```

| key | meaning |
|---|---|
| the item | name or id of a data item in the probe; a device of the class need not have it |
| `column` | name in silver and gold: letters, digits, `_` |
| `dtype` | `float64` or `string`; default by category. A condition is its level, a string |
| `unit` | the standard's word that the values are to be in; without it the probe's. What cannot be converted is null |
| `fill` | `hold`: the last value is carried forward. `none`: empty between observations |
| `range` | `[low, high]`: outside is implausible, and missing in gold. `-inf` and `inf` leave an end open |
| `running` | SQL expression over the columns that says when the machine runs. Default: a SAMPLE was measured within \
10 minutes |

Changing a line makes silver and all that follows of its class stale; the next `smelt run` recomputes it. Left out by
the proposal, but one line away: vectors, time series, data sets and tables, availability, assets, messages, clocks,
and whatever never had a value.
"""
EXAMPLE = ClassMapping(
    "mills",
    (
        Column("Xload", "x_load", "SAMPLE", "float64", "PERCENT", low=0.0, high=200.0),
        Column("Stemp", "spindle_temperature", "SAMPLE", "float64", "CELSIUS"),
        Column("execution", "execution", "EVENT", "string"),
        Column("system", "system", "CONDITION", "string"),
    ),
    "execution = 'ACTIVE' AND x_load > 0",
)


def render() -> str:
    """Return the page."""
    settings = read_plant(TARGET.parent / "no plant", {}, {}).settings
    rows = [
        f"| `{s.name}` | {'' if s.value is None else f'`{s.value}`'} | `{variable(s.name)}` | {MEANINGS[s.name]} |"
        for s in settings
    ]
    return HEAD.format(
        rows="\n".join(rows), categories=", ".join(f"`{c}`" for c in CATEGORIES), mapping=dump_mapping(EXAMPLE)
    )


def variable(setting: str) -> str:
    """Return the environment variable of a setting."""
    return "SMELT_" + setting.upper().replace(".", "_")


if __name__ == "__main__":
    TARGET.write_text(render())
