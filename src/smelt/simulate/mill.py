"""The mills: load follows feed, engagement and tool wear; power is torque times speed; axes move only when running."""

from dataclasses import dataclass, field

import numpy as np

from smelt.simulate.cycles import Position, carry, table
from smelt.simulate.day import Day, Floats, Job, Readings, Times, ambient_c, hold
from smelt.simulate.lag import follow
from smelt.simulate.operation import States, bridged, operation, whole

PERIOD_S = 10
RATED_NM = 120.0
_OP = ("tool", "rpm", "feed", "torque", "depth", "passes", "program", "line", "part", "wear", "override")
TOOLS = 6


@dataclass
class Mill:
    """One mill: its programs, made once from its own randomness, and what a day hands to the next."""

    programs: tuple[tuple[tuple[float, ...], ...], ...]
    wear: list[float] = field(default_factory=lambda: [0.1, 0.5, 0.2, 0.8, 0.35, 0.6])
    parts: int = 0
    bearing_c: float = 24.0
    coolant_c: float = 22.0
    position: list[float] = field(default_factory=lambda: [0.0, 0.0, 400.0])
    last: dict[str, float] = field(default_factory=lambda: {"override": 100.0})

    def live(self, day: Day) -> Readings:
        """Return the readings of the day and keep the state at its end."""
        at_ms = day.ticks(PERIOD_S)
        rows, jobs = self._plan(day)
        where = table(rows, _OP).at(day.seconds(at_ms))
        samples = self._spindle(day, at_ms, where) | self._axes(where)
        samples |= self._coolant(day, at_ms, where)
        return Readings(at_ms, samples, self._events(day, at_ms, where), jobs=jobs)

    def _plan(self, day: Day) -> tuple[list[tuple[float, ...]], list[Job]]:
        """Plan the day's cuts, one part after the other, and change tools that are worn out."""
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
                now = self._part(day, now, stop_start, rows)
                now += day.rng.uniform(240, 800) + (day.rng.random() < 0.06) * day.rng.uniform(900, 2700)
                jobs += self._change_tools(day, now)
        return rows, jobs

    def _part(self, day: Day, now: float, stop_start: float, rows: list[tuple[float, ...]]) -> float:
        """Cut one part, up to a stop; return when it is done."""
        number = int(day.rng.integers(len(self.programs)))
        override = 100.0 if day.rng.random() < 0.8 else float(day.rng.choice([80.0, 90.0, 110.0]))
        self.parts += 1
        for line, (tool, rpm, feed, torque, depth, passes, length_s) in enumerate(self.programs[number]):
            now += day.rng.uniform(8, 20)
            end = now + length_s * day.rng.uniform(0.97, 1.03) * 100.0 / override
            if now >= stop_start:
                break
            wear = self.wear[int(tool)]
            self.wear[int(tool)] += (end - now) / 26_000.0 * torque / 50.0
            row = (tool, rpm, feed, torque, depth, passes, number, line, self.parts, wear, override)
            rows.append((now, min(end, stop_start), *row))
            now = end
        return min(now, stop_start)

    def _change_tools(self, day: Day, now: float) -> list[Job]:
        jobs = []
        for tool, wear in enumerate(self.wear):
            if wear > 1.0:
                self.wear[tool] = day.rng.uniform(0.0, 0.04)
                at_ms = day.start_ms + int(now * 1000)
                jobs.append(Job(at_ms, "tool_change", f"tool {tool + 1}", "worn cutter replaced at end of part"))
        return jobs

    def _spindle(self, day: Day, at_ms: Times, where: Position) -> dict[str, Floats]:
        noise = day.noise.normal(0.0, 1.0, (4, at_ms.size))
        bearing, broken = day.severity("bearing_wear", at_ms), day.severity("tool_breakage", at_ms)
        dry = day.severity("coolant_loss", at_ms)
        rpm = where.column("rpm") * where.column("override").clip(0, 100) / 100.0
        rpm = np.round(rpm * (1 + 0.0015 * noise[0]))
        on = rpm > 0
        edge = np.clip(np.minimum(where.phase, 1 - where.phase) * 12.0, 0.15, 1.0)
        swing = 1.0 + 0.16 * np.sin(2 * np.pi * where.column("passes") * where.phase)
        cut = where.column("torque") * edge * swing * (where.column("override") / 100.0) ** 0.8
        cut = cut * (1 + 0.35 * where.column("wear") + 0.18 * dry) * _bite(day, at_ms, broken)
        idle_nm = on * (3.0 + rpm / 4000.0 + 9.0 * bearing)
        torque = np.round(idle_nm + cut * (1 + 0.03 * noise[1]), 1) * on
        power = np.round(torque * rpm * 2 * np.pi / 60.0)
        heat = 0.0011 * rpm + 0.00028 * power + on * (24.0 * bearing + 7.0 * dry)
        stemp = follow(ambient_c(at_ms) + 2.0 + heat, PERIOD_S, 1500.0, self.bearing_c)
        self.bearing_c = float(stemp[-1])
        shake = 0.5 + rpm / 9000.0 + torque / 90.0 + 0.5 * where.column("wear") + 3.6 * bearing + 2.2 * broken
        svib = np.where(on, np.abs(shake * (1 + 0.06 * noise[2])), 0.08)
        load = 100.0 * torque / RATED_NM
        return {
            "Srpm": rpm,
            "Storque": torque,
            "Spower": power,
            "Sload": load,
            "Stemp": stemp + 0.05 * noise[3],
            "Svib": svib,
            "Fact": where.column("feed") * where.column("override") / 100.0 * (1 + 0.01 * noise[2]),
            "Zload": on * (8.0 + 0.35 * load * (1 + 0.05 * noise[3])),
        }

    def _axes(self, where: Position) -> dict[str, Floats]:
        """Sweep X back and forth, step Y over, keep Z at depth; stand still outside the cuts."""
        turn = where.column("passes") * where.phase
        x = 150.0 + 90.0 * where.column("line") + 600.0 * np.abs((turn % 2.0) - 1.0)
        y = 200.0 + 35.0 * where.column("tool") + 300.0 * where.phase
        z = 120.0 - where.column("depth") * np.clip(where.phase * 20.0, 0.0, 1.0)
        out = {}
        for axis, (name, path) in enumerate((("Xabs", x), ("Yabs", y), ("Zabs", z))):
            out[name] = hold(path, where.inside, self.position[axis])
            self.position[axis] = float(out[name][-1])
        return out

    def _coolant(self, day: Day, at_ms: Times, where: Position) -> dict[str, Floats]:
        noise = day.noise.normal(0.0, 1.0, (2, at_ms.size))
        loss = day.severity("coolant_loss", at_ms)
        target = ambient_c(at_ms) + where.inside * (5.0 + 14.0 * loss)
        temp = follow(target, PERIOD_S, 3200.0 - 1600.0 * loss, self.coolant_c)
        self.coolant_c = float(temp[-1])
        nozzle = 2.0e6 * (0.85 + 0.03 * where.column("tool"))  # a smaller tool has a smaller nozzle
        press = where.inside * nozzle * (1 - 0.62 * loss) * (1 + (0.012 + 0.05 * loss) * noise[0])
        return {"Ctemp": temp + 0.03 * noise[1], "Cpress": press}

    def _events(self, day: Day, at_ms: Times, where: Position) -> dict[str, States]:
        down = day.stopped(at_ms)
        held = carry(where, ("override", "program", "line", "part", "tool"), self.last)
        return {
            "Fovr": held["override"],
            "Sovr": np.minimum(held["override"], 100.0),
            "program": whole(1000 + 10 * held["program"]),
            "line": whole(10 * held["line"]),
            "PartCountAct": whole(held["part"]),
            "Tool_number": whole(1 + held["tool"]),
            "power": np.where(down, "OFF", "ON"),
        } | operation(bridged(where.inside, 2), down)


def _bite(day: Day, at_ms: Times, broken: Floats) -> Floats:
    """Return the cut's share of its usual torque: more as a tool breaks, a spike, then next to nothing."""
    bite = 1.0 + 0.8 * broken
    for fault in day.faults:
        if fault.kind == "tool_breakage":
            since_s = (at_ms - fault.failure_ms) / 1000.0
            bite = np.where((since_s >= -20) & (since_s < 20), 2.9, bite)
            bite = np.where((since_s >= 20) & (at_ms < fault.end_ms), 0.03, bite)
    return bite


def make_mill(rng: np.random.Generator) -> Mill:
    """Make a mill with four programs of six to nine cuts: (tool, rpm, feed, torque, depth, passes, seconds)."""
    programs = []
    for _ in range(4):
        cuts = []
        for _ in range(int(rng.integers(6, 10))):
            tool = int(rng.integers(TOOLS))
            speed = 2400.0 + 1500.0 * tool + float(rng.integers(-3, 4)) * 100.0
            torque = 62.0 - 8.0 * tool + float(rng.uniform(-5, 5))
            cuts.append(
                (
                    float(tool),
                    speed,
                    float(rng.integers(20, 60)),
                    torque,
                    float(rng.integers(2, 30)),
                    float(rng.integers(2, 7)),
                    float(rng.uniform(90, 330)),
                )
            )
        programs.append(tuple(cuts))
    return Mill(tuple(programs))
