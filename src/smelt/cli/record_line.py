"""How a recording goes, on one line that changes; on lines now and then where there is no terminal."""

import sys
from collections import deque

from rich.console import Console
from rich.live import Live
from rich.text import Text

from smelt.cli.output import in_bytes
from smelt.ingest.recorder_state import RecorderState, SourceState

PLAIN_SECONDS = 30.0
RATE_SECONDS = 10.0


class RecordLine:
    """The live line of `smelt record`."""

    def __init__(self, console: Console | None = None) -> None:
        console = console or Console(stderr=True)
        self._console = console
        self._live = Live(console=console, refresh_per_second=4, transient=True) if console.is_terminal else None
        self._seen: deque[tuple[int, int]] = deque()  # time and observations of the last RATE_SECONDS
        self._told_at_us = 0
        self._errors: tuple[str | None, ...] = ()

    def __enter__(self) -> "RecordLine":
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._live.stop()

    def show(self, state: RecorderState) -> None:
        """Show how it goes now; without a terminal, when something changed or half a minute has gone by."""
        lines = "\n".join((line(state, self._rate(state)), *troubles(state)))
        if self._live:
            self._live.update(Text(lines))
            return
        errors = (state.error, *(s.error for s in state.sources))
        if errors != self._errors or state.written_at_us - self._told_at_us >= PLAIN_SECONDS * 1e6:
            self._errors, self._told_at_us = errors, state.written_at_us
            print(lines, file=sys.stderr, flush=True)  # noqa: T201

    def _rate(self, state: RecorderState) -> float:
        seen, now = self._seen, state.written_at_us
        seen.append((now, sum(s.observations for s in state.sources)))
        while now - seen[0][0] > RATE_SECONDS * 1e6:
            seen.popleft()
        seconds = (now - seen[0][0]) / 1e6
        return (seen[-1][1] - seen[0][1]) / seconds if seconds > 0 else 0.0


def line(state: RecorderState, rate: float) -> str:
    """Return the line: sources that are well, parts, observations, their rate, lateness, lost, files, spool."""
    sources = state.sources
    well = sum(s.error is None and s.last_contact_us is not None for s in sources)
    late = max((s.lateness_s for s in sources if s.lateness_s is not None), default=None)
    told = [
        f"{well}/{len(sources)} sources",
        f"{sum(s.parts for s in sources):,} parts",
        f"{sum(s.observations for s in sources):,} observations ({rate:,.0f}/s)",
        *([f"late {in_time(late)}"] if late is not None else []),
        f"lost {sum(s.lost for s in sources):,}{' + ?' * any(map(_is_uncounted, sources))}",
        f"{state.files:,} files",
        *([f"spool {in_bytes(state.spooled_bytes)}"] if state.spooled_files else []),
    ]
    return " · ".join(told)


def _is_uncounted(source: SourceState) -> bool:
    """Say whether something is lost that nobody can count: what an adapter said while nobody listened."""
    return any(gap.kind == "lost" and gap.count is None for gap in source.gaps)


def in_time(seconds: float) -> str:
    """Return a time for people.

    Examples
    --------
    >>> in_time(0.42), in_time(150), in_time(200_000)
    ('0.4 s', '2.5 min', '55.6 h')
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.1f} min" if seconds < 3600 else f"{seconds / 3600:,.1f} h"


def troubles(state: RecorderState, most: int = 5) -> list[str]:
    """Return what is wrong, a line each: the landing zone first, then at most so many sources."""
    wrong = [f"  {s.name}: {s.error}" for s in state.sources if s.error]
    more = [f"  and {len(wrong) - most} more sources"] if len(wrong) > most else []
    return [*([f"  {state.error}"] if state.error else []), *wrong[:most], *more]


def summary(state: RecorderState) -> str:
    """Return what a recording did, when it has ended."""
    seconds = max(1e-6, (state.written_at_us - state.started_at_us) / 1e6)
    rate = sum(s.observations for s in state.sources) / seconds
    size = f"{in_bytes(state.file_bytes)} in {state.landing}"
    gaps = [f"  {gap.text}" for source in state.sources for gap in source.gaps[-3:]]
    return "\n".join((f"{line(state, rate)}, {size}", *troubles(state), *gaps))
