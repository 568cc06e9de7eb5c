"""A device's adapter: turns the readings of a day into observations, sending only what changed."""

from dataclasses import dataclass, field

import numpy as np

from smelt.simulate.channels import Channels
from smelt.simulate.day import Floats, Readings, Times
from smelt.simulate.faults import DAY_MS
from smelt.simulate.fleet import Machine
from smelt.simulate.layout import Item
from smelt.simulate.observations import Observations, merge
from smelt.simulate.report_on_change import changed, leave_band


@dataclass
class Adapter:
    """The adapter of one device; it remembers what it sent last, over midnight too."""

    machine: Machine
    channels: Channels
    items: dict[str, Item]
    sent: dict[str, float] = field(default_factory=dict)
    states: dict[str, object] = field(default_factory=dict)

    def report(self, readings: Readings, day_start_ms: int) -> Observations:
        """Return the day's observations in order of arrival, all of them within the day."""
        parts = [self._sample(n, readings.at_ms, v) for n, v in readings.samples.items()]
        parts += [self._event(n, readings.at_ms, v) for n, v in readings.events.items()]
        parts += [
            self._rows(n, at_ms, _numbers(v, self.items[n].decimals)) for n, (at_ms, v) in readings.moments.items()
        ]
        for state in readings.states:
            number = self.channels.of[self.machine.name, state.name, state.level]
            token = self.channels.all[number].token(state.code, state.message)
            parts.append(self._rows(state.name, np.asarray([state.at_ms]), [token], state.level))
        rows = merge(parts)
        return rows.take(rows.arrive_ms < day_start_ms + DAY_MS)

    def _sample(self, name: str, at_ms: Times, values: Floats) -> Observations:
        item = self.items[name]
        rounded = np.round(values[:: item.every], item.decimals) + 0.0
        out = leave_band(rounded, item.band, self.sent.get(name, np.nan))
        chosen = rounded[out]
        if chosen.size:
            self.sent[name] = float(chosen[-1])
        return self._rows(name, at_ms[:: item.every][out], list(map(repr, chosen.tolist())))

    def _event(self, name: str, at_ms: Times, values: np.ndarray) -> Observations:
        out = changed(values, self.states.get(name))
        chosen = values[out].tolist()
        self.states[name] = values[-1].item()
        tokens = [str(v) for v in chosen] if self.items[name].units else [f'"{v}"' for v in chosen]
        return self._rows(name, at_ms[out], tokens)

    def _rows(self, name: str, at_ms: Times, tokens: list[str], level: str | None = None) -> Observations:
        channel = np.full(at_ms.size, self.channels.of[self.machine.name, name, level])
        return Observations(at_ms + self.machine.latency_ms, at_ms, channel, np.asarray(tokens, dtype=object))


def _numbers(values: Floats, decimals: int) -> list[str]:
    """Print numbers, or vectors of three, as an agent prints doubles."""
    rounded = (np.round(values, decimals) + 0.0).tolist()
    if values.ndim == 1:
        return [repr(v) for v in rounded]
    return ["[" + ",".join(map(repr, v)) + "]" for v in rounded]
