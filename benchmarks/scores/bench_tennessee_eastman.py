"""Which features a detector should read, judged on the Tennessee Eastman process: data that is not ours.

METRICS' protocol: fit on d00, threshold at 1 % false alarms on d00_te, detection rate over 21 faults; never
point adjustment. Run it with: SMELT_DATA=... python benchmarks/scores/bench_tennessee_eastman.py
"""

import os
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from smelt.models.detector import fit_detector

WINDOW = 15
FALSE_ALARMS = 0.01
VIEWS = {
    "raw": ("raw",),
    "average": ("avg",),
    "deviation": ("std",),
    "average, deviation": ("avg", "std"),
    "average, deviation, minimum, maximum": ("avg", "std", "min", "max"),
    "all but the sum": ("avg", "std", "min", "max", "median", "tumbling"),
}


def features(rows: pl.DataFrame, kinds: tuple[str, ...]) -> pl.DataFrame:
    """Return the trailing-window features of every channel."""
    channels = [c for c in rows.columns if c.startswith("x")]
    made = {
        "raw": lambda x: x,
        "avg": lambda x: x.rolling_mean(WINDOW, min_samples=1),
        "std": lambda x: x.rolling_std(WINDOW, min_samples=2),
        "min": lambda x: x.rolling_min(WINDOW, min_samples=1),
        "max": lambda x: x.rolling_max(WINDOW, min_samples=1),
        "median": lambda x: x.rolling_median(WINDOW, min_samples=1),
        "tumbling": lambda x: x.rolling_mean(WINDOW, min_samples=1).shift(WINDOW // 2),
    }
    return rows.select(made[kind](pl.col(c)).alias(f"{c}__{kind}_{WINDOW}m") for kind in kinds for c in channels)


def detection_rate(data: pl.DataFrame, kinds: tuple[str, ...]) -> float:
    """Return the share of faulty minutes above the threshold, averaged over the faults."""

    def matrix(fault: int, split: str) -> NDArray[np.float32]:
        rows = data.filter(pl.col("fault") == fault, pl.col("split") == split).sort("t")
        return features(rows, kinds).cast(pl.Float32).to_numpy()

    healthy = matrix(0, "train")[WINDOW:]
    detector = fit_detector(healthy, features(data.head(1), kinds).columns, seed=0)
    cut = np.nanquantile(detector.score(matrix(0, "test")[WINDOW:]), 1 - FALSE_ALARMS)
    rates = []
    for fault in range(1, 22):
        rows = data.filter(pl.col("fault") == fault, pl.col("split") == "test").sort("t")
        is_faulty = rows["label"].to_numpy() > 0
        rates.append(float((detector.score(matrix(fault, "test"))[is_faulty] > cut).mean()))
    return float(np.mean(rates))


def main() -> None:
    """Print the detection rate of each view."""
    folder = Path(os.environ.get("SMELT_DATA", Path(__file__).parents[3] / "shared" / "data"))
    data = pl.read_parquet(folder / "labelled" / "tep.parquet")
    for name, kinds in VIEWS.items():
        print(f"{name:<40}{detection_rate(data, kinds):.3f}", flush=True)


if __name__ == "__main__":
    main()
