"""Judge a simulated plant's episodes, those after the calibration, by its truth.

Run it with: python benchmarks/scores/bench_demo_faults.py demo
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from smelt.lake.reader import LakeReader

WEEK_MINUTES = 168 * 60


def truth(plant: Path) -> pl.DataFrame:
    """Return the faults that the simulation planned."""
    times = pl.col("start", "failure_time", "end")
    return pl.read_csv(plant / "truth" / "faults.csv").with_columns(times.str.to_datetime(time_zone="UTC"))


def judged_faults(faults: pl.DataFrame, episodes: pl.DataFrame) -> pl.DataFrame:
    """Return each fault with its first episode: one that overlaps it, of its device.

    `lead_hours` counts from that episode's start to the failure (negative: after it), `grew_hours` from the fault's.
    """
    signal = pl.col("contributions").list.first().struct.field("signal")
    found = faults.join(
        episodes.select("device_uuid", begins="start", stops="end", signal=signal), on="device_uuid"
    ).filter(pl.col("begins") < pl.col("end"), pl.col("stops") > pl.col("start"))
    first = found.sort("begins").unique(["device_uuid", "start"], keep="first")
    hours = {"lead_hours": pl.col("begins"), "grew_hours": pl.col("start")}
    return faults.join(
        first.select("device_uuid", "start", "begins", "signal"), on=["device_uuid", "start"], how="left"
    ).with_columns(
        (pl.col("failure_time") - since).dt.total_minutes().truediv(60).alias(n) for n, since in hours.items()
    )


def false_episodes(faults: pl.DataFrame, episodes: pl.DataFrame) -> pl.DataFrame:
    """Return the episodes that overlap no fault of their device."""
    for device, start, end in faults.select("device_uuid", "start", "end").rows():
        hits = (pl.col("device_uuid") == device) & (pl.col("start") < end) & (pl.col("end") > start)
        episodes = episodes.filter(~hits)
    return episodes.sort("start")


def healthy_weeks(faults: pl.DataFrame, scores: pl.DataFrame) -> float:
    """Return how many times 168 scored hours lie outside of faults."""
    for device, start, end in faults.select("device_uuid", "start", "end").rows():
        scores = scores.filter(
            (pl.col("device_uuid") != device) | (pl.col("minute") < start) | (pl.col("minute") >= end)
        )
    return scores.height / WEEK_MINUTES


def lines(plant: Path) -> Iterator[str]:
    """Yield a line for each fault, then the false episodes."""
    reader = LakeReader(str(plant.absolute() / "lake"))
    cuts = reader.scan("models/versions").select("device_uuid", "model_version", "calibrated_to")
    keys, after = ["device_uuid", "model_version"], pl.col("calibrated_to")
    scores = reader.scan("results/scores").join(cuts, on=keys).filter(pl.col("minute") > after)
    episodes = reader.scan("results/episodes").join(cuts, on=keys).filter(pl.col("start") > after).collect()
    faults = truth(plant)
    found, false = judged_faults(faults, episodes), false_episodes(faults, episodes)
    for row in found.sort("failure_time").to_dicts():
        lead = "not found" if row["lead_hours"] is None else f"{row['lead_hours']:6.1f} h before"
        grew = f"grew {row['grew_hours']:5.1f} h"
        yield f"{row['device_uuid']:<14} {row['kind']:<14} {grew}  {lead:<15} {row['signal'] or '–'}"
    weeks = healthy_weeks(faults, scores.select("device_uuid", "minute").collect())
    leads = found["lead_hours"].drop_nulls()
    yield f"{len(leads)} of {found.height} faults found, {int((leads > 0).sum())} of them before the failure"
    rate = false.height / weeks
    yield f"{false.height} false episodes on {weeks:.1f} fault-free weeks of 168 scored hours: {rate:.2f} a week"
    for row in false.to_dicts():
        yield f"  {row['device_uuid']:<14} {row['start']:%m-%d %H:%M} {row['contributions'][0]['signal']}"


def main() -> None:
    """Print the judgement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("plant", type=Path, help="folder of a simulated plant that was run")
    sys.stdout.writelines(f"{line}\n" for line in lines(parser.parse_args().plant))


if __name__ == "__main__":
    main()
