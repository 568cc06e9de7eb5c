"""Progress bars of the stages on a terminal; plain lines where there is none."""

import sys

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from smelt.runs.stage import Outcome
from smelt.terms.work import Finished

WORDS = {
    "ingest": "landing → copper",
    "coverage": "copper → coverage",
    "silver": "copper → silver",
    "gold": "silver → gold",
    "train": "gold → models",
    "scores": "models → scores",
    "episodes": "scores → episodes",
}


class Bars:
    """One bar a stage while it runs, and a line of figures when it has ended.

    In a run that goes on, bars go when their stage has ended, and stages without work leave no line.
    """

    def __init__(self, is_following: bool = False) -> None:
        self._is_following = is_following
        self._trouble: str | None = None
        self._console = Console(stderr=True)
        self._bars = Progress(
            TextColumn("{task.description:<18}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rows]:>14,} rows"),
            TimeElapsedColumn(),
            console=self._console,
            transient=False,
            disable=not sys.stderr.isatty(),
        )
        self._task: TaskID | None = None
        self._rows = 0

    def __enter__(self) -> "Bars":
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def begin(self, stage: str, total: int) -> None:
        """Show a bar for the stage."""
        self._rows, self._trouble = 0, None
        self._task = self._bars.add_task(WORDS.get(stage, stage), total=total, rows=0)

    def advance(self, stage: str, tasks: int, rows: int) -> None:
        """Move the stage's bar."""
        self._rows += rows
        if self._task is not None:
            self._bars.update(self._task, advance=tasks, rows=self._rows)

    def committed(self, stage: str, outcome: Outcome) -> None:
        """Say nothing: the bar says it."""

    def end(self, finished: Finished) -> None:
        """Leave the bar full, and without a terminal print the figures."""
        if self._task is not None:
            self._bars.update(self._task, total=finished.tasks, completed=finished.tasks, rows=finished.rows_written)
        if self._is_following and self._task is not None:
            self._bars.remove_task(self._task)
        if self._is_following and not finished.tasks:
            return
        if self._is_following or not sys.stderr.isatty():
            self._say(
                f"{WORDS.get(finished.stage, finished.stage):<18} {finished.tasks:>5} tasks "
                f"{finished.rows_written:>12,} rows {finished.seconds:>8.1f} s"
            )

    def trouble(self, error: str) -> None:
        """Say what is in the way, once."""
        if error != self._trouble:
            self._trouble = error
            self._say(f"smelt: {error}")

    def _say(self, line: str) -> None:
        if sys.stderr.isatty():
            self._console.print(line, markup=False, highlight=False, soft_wrap=True)  # above the bars
        else:
            print(line, file=sys.stderr, flush=True)  # noqa: T201


class DayBar:
    """A bar over the days of a simulation."""

    def __init__(self, days: int) -> None:
        self._bars = Progress(
            TextColumn("{task.description:<18}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TextColumn("days"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            disable=not sys.stderr.isatty(),
        )
        self._task = self._bars.add_task("simulate", total=days)

    def __enter__(self) -> "DayBar":
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def at(self, done: int, total: int) -> None:
        """Move the bar."""
        self._bars.update(self._task, completed=done, total=total)
