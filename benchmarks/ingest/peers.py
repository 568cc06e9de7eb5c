"""The same way from gzip JSON to a sorted Parquet file with general libraries: what smelt's ingest is compared with.

Each does the same honest work: unpack, parse, flatten, drop what an agent's numbers say twice, sort by device, data
item, time and number, write zstd Parquet with copper's columns.
"""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

_DOCUMENT = re.compile(rb'\{"MTConnectStreams"')
CATEGORIES = {"Samples": "SAMPLE", "Events": "EVENT", "Condition": "CONDITION"}
SCHEMA = {
    "agent": pl.String, "instance_id": pl.Int64, "sequence": pl.Int64, "device_uuid": pl.String,
    "data_item": pl.String, "category": pl.String, "stamp": pl.String, "value": pl.Float64, "text": pl.String,
    "level": pl.String, "native_code": pl.String,
}  # fmt: skip


def documents(files: list[Path]) -> Iterator[bytes]:
    """Yield each document of joined ones; cut at their root's key, which no string can hold."""
    for file in files:
        data = gzip.decompress(file.read_bytes())
        starts = [m.start() for m in _DOCUMENT.finditer(data)]
        for start, end in zip(starts, [*starts[1:], len(data)], strict=True):
            yield data[start:end]


def write(columns: dict[str, list[Any]], target: Path) -> int:
    """Sort and write what was flattened; returns the rows."""
    rows = pl.DataFrame(columns, schema=SCHEMA).with_columns(
        event_time=pl.col("stamp").str.to_datetime(time_unit="us", time_zone="UTC", strict=False),
        part=pl.lit(0, pl.Int32),
        native_units=pl.lit(value=False),
        received_at=pl.lit(None, pl.Datetime("us", "UTC")),
    )
    once = rows.drop("stamp").unique(("agent", "instance_id", "sequence", "part"), keep="first", maintain_order=True)
    once.sort("device_uuid", "data_item", "event_time", "sequence").write_parquet(target, compression="zstd")
    return once.height


def flatten_orjson(files: list[Path], target: Path) -> int:
    """Parse with orjson into dicts."""
    import orjson

    columns: dict[str, list[Any]] = {name: [] for name in SCHEMA}
    add = [columns[name].append for name in SCHEMA]
    for body in documents(files):
        content = orjson.loads(body)["MTConnectStreams"]
        agent, instance = content["Header"]["sender"], content["Header"]["instanceId"]
        for device in content["Streams"].get("DeviceStream", ()):
            for component in device.get("ComponentStream", ()):
                for section, category in CATEGORIES.items():
                    for element, told in component.get(section, {}).items():
                        for o in told:
                            said = cells(category, element, o.get("value"), o.get("nativeCode"))
                            row = (agent, instance, o["sequence"], device["uuid"], o["dataItemId"], category,
                                   o["timestamp"], *said)  # fmt: skip
                            for append, cell in zip(add, row, strict=True):
                                append(cell)
    return write(columns, target)


def flatten_msgspec(files: list[Path], target: Path) -> int:
    """Parse with msgspec into structs that know what is asked for."""
    import msgspec

    class Observation(msgspec.Struct):
        dataItemId: str
        sequence: int
        timestamp: str
        value: float | str | list[Any] | dict[str, Any] | None = None
        nativeCode: str | None = None

    class Component(msgspec.Struct):
        Samples: dict[str, list[Observation]] = {}
        Events: dict[str, list[Observation]] = {}
        Condition: dict[str, list[Observation]] = {}

    class Device(msgspec.Struct):
        uuid: str
        ComponentStream: list[Component] = []

    class Told(msgspec.Struct):
        DeviceStream: list[Device] = []

    class Head(msgspec.Struct):
        sender: str
        instanceId: int

    class Content(msgspec.Struct):
        Header: Head
        Streams: Told

    class Document(msgspec.Struct):
        MTConnectStreams: Content

    decoder = msgspec.json.Decoder(Document)
    columns: dict[str, list[Any]] = {name: [] for name in SCHEMA}
    add = [columns[name].append for name in SCHEMA]
    for body in documents(files):
        content = decoder.decode(body).MTConnectStreams
        agent, instance = content.Header.sender, content.Header.instanceId
        for device in content.Streams.DeviceStream:
            uuid = device.uuid
            for component in device.ComponentStream:
                sections = (
                    ("SAMPLE", component.Samples),
                    ("EVENT", component.Events),
                    ("CONDITION", component.Condition),
                )
                for category, elements in sections:
                    for element, told in elements.items():
                        for o in told:
                            said = cells(category, element, o.value, o.nativeCode)
                            row = (agent, instance, o.sequence, uuid, o.dataItemId, category, o.timestamp, *said)
                            for append, cell in zip(add, row, strict=True):
                                append(cell)
    return write(columns, target)


def cells(category: str, element: str, value: Any, code: str | None) -> tuple[Any, Any, Any, Any]:
    """Return value, text, level and native code."""
    if category == "CONDITION":
        return None, value, element.upper(), code
    if value == "UNAVAILABLE":
        return None, None, "UNAVAILABLE", None
    if isinstance(value, float | int) and category == "SAMPLE":
        return value, None, None, None
    return None, value if isinstance(value, str) else json.dumps(value), None, None


_DUCKDB = """
COPY (
  WITH document AS (
    SELECT MTConnectStreams AS m FROM read_json($files, format = 'unstructured',
      columns = {{MTConnectStreams: 'JSON'}}, maximum_object_size = 67108864, compression = 'gzip')),
  device AS (
    SELECT m->>'$.Header.sender' AS agent, CAST(m->>'$.Header.instanceId' AS BIGINT) AS instance_id,
      unnest(from_json(m->'$.Streams.DeviceStream', '["JSON"]')) AS d FROM document),
  component AS (
    SELECT agent, instance_id, d->>'$.uuid' AS device_uuid,
      unnest(from_json(d->'$.ComponentStream', '["JSON"]')) AS c FROM device),
  section AS ({sections}),
  observation AS (
    SELECT agent, instance_id, device_uuid, category, e.key AS element, unnest(e.value) AS o FROM section),
  flat AS (
    SELECT agent, instance_id, CAST(o->>'$.sequence' AS BIGINT) AS sequence, 0::INTEGER AS part, device_uuid,
      o->>'$.dataItemId' AS data_item, category, CAST(o->>'$.timestamp' AS TIMESTAMPTZ) AS event_time,
      CASE WHEN category = 'SAMPLE' THEN TRY_CAST(o->>'$.value' AS DOUBLE) END AS value,
      CASE WHEN category <> 'SAMPLE' OR TRY_CAST(o->>'$.value' AS DOUBLE) IS NULL THEN o->>'$.value' END AS text,
      CASE WHEN category = 'CONDITION' THEN upper(element) WHEN o->>'$.value' = 'UNAVAILABLE' THEN 'UNAVAILABLE' END
        AS level, o->>'$.nativeCode' AS native_code, false AS native_units, NULL::TIMESTAMPTZ AS received_at
    FROM observation)
  SELECT DISTINCT ON (agent, instance_id, sequence, part) * FROM flat
  ORDER BY device_uuid, data_item, event_time, sequence
) TO '{target}' (FORMAT parquet, COMPRESSION zstd)
"""


def flatten_duckdb(files: list[Path], target: Path) -> int:
    """Flatten with SQL."""
    import duckdb

    sections = " UNION ALL ".join(
        f"SELECT agent, instance_id, device_uuid, '{category}' AS category, "
        f"unnest(map_entries(CAST(c->'$.{name}' AS MAP(VARCHAR, JSON[])))) AS e FROM component"
        for name, category in CATEGORIES.items()
    )
    with duckdb.connect(config={"threads": 1}) as session:
        session.execute(_DUCKDB.format(sections=sections, target=target), {"files": [str(f) for f in files]})
        found = session.execute("SELECT count(*) FROM read_parquet(?)", [str(target)]).fetchone()
    return int(found[0]) if found else 0


def flatten_spark(files: list[Path], target: Path) -> int:
    """Flatten with Spark's from_json, local, one thread; texts, for a schema of all elements there is none."""
    from pyspark.sql import SparkSession
    from pyspark.sql import functions as f

    session = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    observation = "dataItemId STRING, sequence BIGINT, timestamp STRING, value STRING, nativeCode STRING"
    section = f"MAP<STRING, ARRAY<STRUCT<{observation}>>>"
    component = f"STRUCT<Samples: {section}, Events: {section}, Condition: {section}>"
    schema = (
        "MTConnectStreams STRUCT<Header: STRUCT<sender: STRING, instanceId: BIGINT>, "
        f"Streams: STRUCT<DeviceStream: ARRAY<STRUCT<uuid: STRING, ComponentStream: ARRAY<{component}>>>>>"
    )
    texts = session.read.text([str(p) for p in files], wholetext=True)
    split = f.explode(f.split(texts.value, r'(?=\{"MTConnectStreams")')).alias("body")
    m = f.from_json("body", schema)["MTConnectStreams"]
    device = texts.select(split).select(m["Header"].alias("h"), f.explode(m["Streams"]["DeviceStream"]).alias("d"))
    parts = device.select("h", "d.uuid", f.explode("d.ComponentStream").alias("c"))
    told = None
    for name, category in CATEGORIES.items():
        one = parts.select(
            "h", "uuid", f.lit(category).alias("category"), f.explode(f"c.{name}").alias("element", "os")
        )
        told = one if told is None else told.unionAll(one)
    assert told is not None
    flat = told.select("h", "uuid", "category", "element", f.explode("os").alias("o")).select(
        f.col("h.sender").alias("agent"), f.col("h.instanceId").alias("instance_id"), "o.sequence",
        f.lit(0).alias("part"), f.col("uuid").alias("device_uuid"), f.col("o.dataItemId").alias("data_item"),
        "category",
        f.to_timestamp("o.timestamp").alias("event_time"),
        f.when(f.col("category") == "SAMPLE", f.expr("try_cast(o.value AS DOUBLE)")).alias("value"),
        f.when(f.col("category") != "SAMPLE", f.col("o.value")).alias("text"),
        f.when(f.col("category") == "CONDITION", f.upper("element")).alias("level"), "o.nativeCode",
    )  # fmt: skip
    once = flat.dropDuplicates(["agent", "instance_id", "sequence", "part"])
    ordered = once.coalesce(1).sortWithinPartitions("device_uuid", "data_item", "event_time", "sequence")
    ordered.write.mode("overwrite").option("compression", "zstd").parquet(str(target))
    return int(session.read.parquet(str(target)).count())
