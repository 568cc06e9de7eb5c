"""The drills: hole after hole; thrust and torque rise with depth, and with the holes that a bit has behind it."""

from dataclasses import dataclass, field

import numpy as np

from smelt.simulate.cycles import Cycles, Position, carry, table
from smelt.simulate.day import Day, Floats, Job, Readings, Times, ambient_c, hold
from smelt.simulate.lag import follow
from smelt.simulate.operation import States, bridged, operation, whole

PERIOD_S = 10
FEED_FROM, FEED_TO = 0.2, 0.85  # share of a cycle: positioning, drilling, retracting
_HOLE = ("x", "y", "z", "depth", "rpm", "feed", "hard", "wear", "program", "hole", "part", "bit_holes")


@dataclass
class Drill:
    """One drill: its panels' holes, the bit in the spindle, and what a day hands to the next."""

    panels: tuple[tuple[float, ...], ...]
    bit_holes: int = 40
    bit_life: int = 220
    holes: int = 0
    parts: int = 0
    spindle_c: float = 23.0
    depth_mm: float = -20.0
    last: dict[str, float] = field(default_factory=dict)

    def live(self, day: Day) -> Readings:
        """Return the readings of the day and keep the state at its end."""
        at_ms = day.ticks(PERIOD_S)
        rows, jobs = self._plan(day)
        cycles = table(rows, _HOLE)
        where = cycles.at(day.seconds(at_ms))
        samples = self._cut(day, at_ms, where) | self._air(day, at_ms, where)
        down = day.stopped(at_ms)
        held = carry(where, ("program", "hole", "part", "bit_holes"), self.last)
        events: dict[str, States] = {
            "program": whole(500 + held["program"]),
            "line": whole(held["hole"]),
            "PartCountAct": whole(held["part"]),
            "holes": whole(held["bit_holes"]),
            "Fovr": np.full(at_ms.size, 100.0),
        }
        return Readings(
            at_ms, samples, events | operation(bridged(where.inside, 2), down), _places(day, cycles), jobs=jobs
        )

    def _plan(self, day: Day) -> tuple[list[tuple[float, ...]], list[Job]]:
        """Plan the day's panels and their holes; a bit is changed when its life is over, between two holes."""
        rows: list[tuple[float, ...]] = []
        jobs: list[Job] = []
        now = 0.0
        for block_start, block_end in day.blocks:
            now = max(now, block_start)
            while now < block_end:
                stop_start, stop_end = day.next_stop(now)
                if stop_start <= now:
                    now = stop_end
                    continue
                now = self._panel(day, now, min(stop_start, block_end), rows, jobs)
                now += day.rng.uniform(600, 1500) + (day.rng.random() < 0.08) * day.rng.uniform(900, 2400)
        return rows, jobs

    def _panel(self, day: Day, now: float, until: float, rows: list[tuple[float, ...]], jobs: list[Job]) -> float:
        number = int(day.rng.integers(len(self.panels)))
        count, depth, rpm, feed, hard, pitch = self.panels[number]
        self.parts += 1
        for hole in range(int(count)):
            if now >= until:
                break
            if self.bit_holes >= self.bit_life:
                jobs.append(self._new_bit(day, now))
                now += day.rng.uniform(80, 160)
            x, y = 400.0 + pitch * (hole % 20), 300.0 + pitch * (hole // 20)
            length_s = depth / feed / (FEED_TO - FEED_FROM) * day.rng.uniform(0.99, 1.01)
            wear = self.bit_holes / self.bit_life
            self.bit_holes += 1
            row = (x, y, 60.0 - 0.02 * x, depth, rpm, feed, hard, wear, number, hole + 1, self.parts, self.bit_holes)
            rows.append((now, min(now + length_s, until), *row))
            now += length_s + day.rng.uniform(1.5, 4.0)
        return now

    def _new_bit(self, day: Day, now: float) -> Job:
        note = f"bit replaced after {self.bit_holes} holes"
        self.bit_holes, self.bit_life = 0, int(day.rng.integers(190, 260))
        return Job(day.start_ms + int(1000 * now), "tool_change", "drill bit", note)

    def _cut(self, day: Day, at_ms: Times, where: Position) -> dict[str, Floats]:
        noise = day.noise.normal(0.0, 1.0, (5, at_ms.size))
        bearing, broken = day.severity("bearing_wear", at_ms), day.severity("tool_breakage", at_ms)
        dry = day.severity("coolant_loss", at_ms)
        share = np.clip((where.phase - FEED_FROM) / (FEED_TO - FEED_FROM), 0.0, 1.0)
        cutting = where.inside & (where.phase >= FEED_FROM) & (where.phase < FEED_TO)
        back = np.clip((where.phase - FEED_TO) / (1.0 - FEED_TO), 0.0, 1.0)
        depth = where.column("depth") * share * (1.0 - back) - 20.0 * (1.0 - np.clip(where.phase / FEED_FROM, 0, 1))
        wdepth = hold(depth, where.inside, self.depth_mm)
        self.depth_mm = float(wdepth[-1])
        bite = cutting * where.column("hard") * np.clip(share * 10.0, 0.0, 1.0) * _bite(day, at_ms, broken)
        blunt = 1 + 0.45 * where.column("wear") + 0.5 * dry
        thrust = 900.0 * bite * (1 + 0.18 * share) * blunt * (1 + 0.025 * noise[0])
        rpm = np.round(where.column("rpm") * (1 + 0.001 * noise[1]))
        torque = where.inside * (0.35 + 1.1 * bearing) + 5.2 * bite * (0.55 + 0.45 * share) * blunt
        torque = np.round(torque * (1 + 0.02 * noise[2]), 2)
        power = np.round(torque * rpm * 2 * np.pi / 60.0)
        heat = 0.0019 * rpm + 0.004 * power + where.inside * (26.0 * bearing + 9.0 * dry)
        stemp = follow(ambient_c(at_ms) + 1.5 + heat, PERIOD_S, 1100.0, self.spindle_c)
        self.spindle_c = float(stemp[-1])
        shake = 0.7 + 0.9 * bite * (1 + 0.5 * where.column("wear")) + 4.0 * bearing + 2.0 * broken * cutting
        return {
            "Wdepth": wdepth,
            "Thrust": thrust,
            "Srpm": rpm,
            "Storque": torque,
            "Spower": power,
            "Stemp": stemp + 0.04 * noise[3],
            "Svib": np.where(where.inside, np.abs(shake * (1 + 0.06 * noise[4])), 0.07),
            "Fact": cutting * where.column("feed") * (1 + 0.002 * noise[3]),
        }

    def _air(self, day: Day, at_ms: Times, where: Position) -> dict[str, Floats]:
        noise = day.noise.normal(0.0, 1.0, (2, at_ms.size))
        loss = day.severity("coolant_loss", at_ms)
        dose = 4.6e5 + 0.9e5 * where.column("hard")
        lube = where.inside * dose * (1 - 0.6 * loss) * (1 + (0.008 + 0.04 * loss) * noise[0])
        return {"Lpress": lube, "Epress": np.where(where.inside, -15_000.0, -300.0) * (1 + 0.01 * noise[1])}


def _bite(day: Day, at_ms: Times, broken: Floats) -> Floats:
    """Return what is left of the cut: more while the bit fails, a spike as it breaks, almost nothing after."""
    bite = 1.0 + 0.9 * broken
    for fault in day.faults:
        if fault.kind == "tool_breakage":
            since_s = (at_ms - fault.failure_ms) / 1000.0
            bite = np.where((since_s >= -30) & (since_s < 15), 2.8, bite)
            bite = np.where((since_s >= 15) & (at_ms < fault.end_ms), 0.06, bite)
    return bite


def _places(day: Day, cycles: Cycles) -> dict[str, tuple[Times, Floats]]:
    """Report where each hole is, as the machine begins it."""
    at_ms = day.start_ms + np.round(cycles.start_s * 1000).astype(np.int64)
    places = np.column_stack([cycles.columns[axis] for axis in ("x", "y", "z")])
    return {"path_pos": (at_ms, places)}


def make_drill(rng: np.random.Generator) -> Drill:
    """Make a drill with three panels: (holes, depth mm, rpm, feed mm/s, hardness, pitch mm)."""
    panels = []
    for hard in (0.7, 1.0, 1.35):
        count, depth = float(rng.integers(60, 120)), float(rng.integers(20, 34))
        panels.append((count, depth, 4200.0 - 1200.0 * hard, 1.9 - 0.5 * hard, hard, float(rng.integers(25, 40))))
    return Drill(tuple(panels))
