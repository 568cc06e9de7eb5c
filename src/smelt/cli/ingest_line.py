"""How an ingest that goes on goes: one line that changes on a terminal, a line for each batch where there is none."""

import sys
import time
from collections.abc import Callable

from rich.console import Console
from rich.live import Live
from rich.text import Text

from smelt.runs.stage import Outcome
from smelt.terms.work import Finished


class IngestLine:
    """Files, observations, rate, lateness and rejects of a run since it began; what is in its way once each time."""

    def __init__(self, console: Console | None = None, monotonic: Callable[[], float] = time.monotonic) -> None:
        console = console or Console(stderr=True)
        self._live = Live(console=console, refresh_per_second=4, transient=True) if console.is_terminal else None
        self._monotonic = monotonic
        self._files = self._observations = self._rejects = 0
        self._rate = 0.0  # observations a second of the pass's work
        self._late: float | None = None
        self._trouble: str | None = None
        self._began, self._of_pass = monotonic(), 0

    def __enter__(self) -> "IngestLine":
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._live.stop()

    def begin(self, stage: str, total: int) -> None:
        """Take away what was in the way: a pass is being made."""
        self._began, self._of_pass = self._monotonic(), 0
        if self._trouble is not None:
            self._trouble = None
            self._show(is_new=False)

    def advance(self, stage: str, tasks: int, rows: int) -> None:
        """Say nothing before it is committed."""

    def committed(self, stage: str, outcome: Outcome) -> None:
        """Count a batch of landing files."""
        if not outcome.files_read:
            return
        self._files += outcome.files_read
        self._observations += outcome.rows_written
        self._rejects += outcome.rejects
        self._late = outcome.lateness_s if outcome.lateness_s is not None else self._late
        self._of_pass += outcome.rows_written
        self._rate = self._of_pass / max(1e-9, self._monotonic() - self._began)
        self._show(is_new=True)

    def end(self, finished: Finished) -> None:
        """Say nothing: batches have said it."""

    def trouble(self, error: str) -> None:
        """Say what is in the way, once."""
        is_new, self._trouble = error != self._trouble, error
        if is_new and self._live is None:
            print(f"smelt: {error}", file=sys.stderr, flush=True)  # noqa: T201
        self._show(is_new=False)

    def text(self) -> str:
        """Return the line."""
        late = [] if self._late is None else [f"late {self._late:,.1f} s"]
        counts = [f"{self._files:,} files", f"{self._observations:,} observations ({self._rate:,.0f}/s)"]
        return " · ".join([*counts, *late, f"rejects {self._rejects:,}"])

    def _show(self, is_new: bool) -> None:
        if self._live:
            self._live.update(Text("\n".join([self.text(), *([f"  {self._trouble}"] if self._trouble else [])])))
        elif is_new:
            print(self.text(), file=sys.stderr, flush=True)  # noqa: T201
