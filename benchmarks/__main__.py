"""`python -m benchmarks`: every benchmark that needs no plant; benchmarks/baseline.md keeps the figures."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
FILES = ("models/bench_forest.py", "scores/bench_tennessee_eastman.py")


def main() -> None:
    """Run each benchmark in a process of its own."""
    for name in FILES:
        print(f"\n{name}", flush=True)
        subprocess.run([sys.executable, str(HERE / name)], check=True)


if __name__ == "__main__":
    main()
