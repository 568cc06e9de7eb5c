"""The forest beside its peers: CPU time, medians of interleaved rounds, one thread.

krcf (the AWS Rust code) takes a point at a time, so it gets few rows; IsolationForest is a speed baseline only.
Run it with: python benchmarks/models/bench_forest.py
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("OMP_NUM_THREADS", "1")

import krcf
import numpy as np
from sklearn.base import clone
from sklearn.ensemble import IsolationForest

from smelt.models.rcf import forest as rcf
from smelt.models.rcf.model_file import to_bytes

Task = tuple[str, Callable[[], object], float]


def tasks(dims: int, rows: int, peer_rows: int) -> list[Task]:
    """Return (name, what to run, what to divide the seconds by) of everything measured at this width."""
    rng = np.random.default_rng(0)
    points = rng.normal(size=(100_000, dims)).astype(np.float32)
    queries = rng.normal(size=(rows, dims)).astype(np.float32)
    ours = rcf.fit(points)
    isolation = IsolationForest(n_estimators=100, max_samples=256, random_state=0).fit(points)
    options = {"dimensions": dims, "shingle_size": 1, "num_trees": 100, "sample_size": 256, "random_seed": 1}
    peer = krcf.RandomCutForest(options | {"output_after": 1})
    for point in points[:1000]:
        peer.update(point)
    few = queries[:peer_rows]
    return [
        ("smelt fit 1e5 rows, ms", lambda: rcf.fit(points), 1e-3),
        ("isolation fit 1e5 rows, ms", lambda: clone(isolation).fit(points), 1e-3),
        ("smelt score, us/row", lambda: rcf.score(ours, queries), rows * 1e-6),
        ("isolation score, us/row", lambda: isolation.score_samples(queries), rows * 1e-6),
        ("krcf score, us/row", lambda: [peer.score(q) for q in few], few.shape[0] * 1e-6),
        ("smelt attribution, us/row", lambda: rcf.attribute(ours, queries), rows * 1e-6),
        ("krcf attribution, us/row", lambda: [peer.attribution(q) for q in few], few.shape[0] * 1e-6),
        ("smelt model file, ms", lambda: to_bytes(ours), 1e-3),
    ]


def main() -> None:
    """Print a line for each task and width."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dims", type=int, nargs="+", default=[8, 32, 150])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=4096)
    parser.add_argument("--peer-rows", type=int, default=100)
    asked = parser.parse_args()
    for dims in asked.dims:
        measured = tasks(dims, asked.rows, asked.peer_rows)
        seconds: dict[str, list[float]] = {name: [] for name, _, _ in measured}
        for _ in range(asked.rounds):
            for name, run, unit in measured:
                start = time.process_time()
                run()
                seconds[name].append((time.process_time() - start) / unit)
        for name, found in seconds.items():
            print(f"D={dims:<4} {name:<28} {statistics.median(found):10.1f}", flush=True)


if __name__ == "__main__":
    main()
