"""The tube benders: bend after bend; a tube springs back, so its measured angle is commanded less springback."""

from dataclasses import dataclass, field

import numpy as np

from smelt.simulate.cycles import Cycles, Position, carry, table
from smelt.simulate.day import Day, Floats, Readings, Times, ambient_c, hold
from smelt.simulate.lag import follow
from smelt.simulate.operation import States, bridged, operation, whole

PERIOD_S = 10
BEND_FROM, BEND_TO, RELEASE = 0.4, 0.8, 0.9  # share of a cycle: feed and clamp, bend, measure, release
_BEND = ("angle", "sprung", "stiff", "feed", "turn", "program", "bend", "part")


@dataclass
class TubeBender:
    """One bender: its tubes, each a row of bends, and what a day hands to the next."""

    tubes: tuple[tuple[tuple[float, ...], ...], ...]
    parts: int = 0
    oil_c: float = 24.0
    axes: list[float] = field(default_factory=lambda: [0.0, 0.0])
    last: dict[str, float] = field(default_factory=dict)

    def live(self, day: Day) -> Readings:
        """Return the readings of the day and keep the state at its end."""
        at_ms = day.ticks(PERIOD_S)
        cycles = self._plan(day)
        where = cycles.at(day.seconds(at_ms))
        samples = self._bend(day, at_ms, where) | self._hydraulics(day, at_ms, where)
        held = carry(where, ("program", "bend", "part"), self.last)
        events: dict[str, States] = {
            "program": whole(7000 + held["program"]),
            "line": whole(held["bend"]),
            "PartCountAct": whole(held["part"]),
            "Fovr": np.full(at_ms.size, 100.0),
        }
        events |= operation(bridged(where.inside, 5), day.stopped(at_ms))
        return Readings(at_ms, samples, events, _measured(day, cycles))

    def _plan(self, day: Day) -> Cycles:
        """Plan the day's batches of one tube each; a batch has its own material, which springs back its own way."""
        rows: list[tuple[float, ...]] = []
        now = 0.0
        for block_start, block_end in day.blocks:
            now = max(now, block_start)
            while now < block_end:
                stop_start, stop_end = day.next_stop(now)
                if stop_start <= now:
                    now = stop_end
                    continue
                now = self._batch(day, now, min(stop_start, block_end), rows)
                now += day.rng.uniform(600, 2400)
        return table(rows, _BEND)

    def _batch(self, day: Day, now: float, until: float, rows: list[tuple[float, ...]]) -> float:
        number = int(day.rng.integers(len(self.tubes)))
        material = day.rng.normal(1.0, 0.03)
        for _ in range(int(day.rng.integers(20, 45))):
            self.parts += 1
            for bend, (angle, stiff, feed, turn) in enumerate(self.tubes[number]):
                length_s = 11.0 + angle / 25.0 + day.rng.uniform(-0.4, 0.4)
                if now + length_s > until:
                    return until
                sprung = (0.7 + 0.018 * angle) * material * stiff
                rows.append((now, now + length_s, angle, sprung, stiff, feed, turn, number, bend + 1, self.parts))
                now += length_s + day.rng.uniform(0.5, 1.5)
            now += day.rng.uniform(25, 50)
        return now

    def _bend(self, day: Day, at_ms: Times, where: Position) -> dict[str, Floats]:
        noise = day.noise.normal(0.0, 1.0, (2, at_ms.size))
        share = np.clip((where.phase - BEND_FROM) / (BEND_TO - BEND_FROM), 0.0, 1.0)
        back = np.clip((where.phase - RELEASE) / (1.0 - RELEASE), 0.0, 1.0)
        bending = where.inside & (share > 0) & (where.phase < BEND_TO)
        torque = bending * (900.0 + 6.0 * where.column("angle") * share) * where.column("stiff")
        reach = np.clip(where.phase / BEND_FROM, 0.0, 1.0)
        out = {
            "Barm": (where.column("angle") + where.column("sprung")) * share * (1.0 - back),
            "Btorque": torque * (1 + 0.02 * noise[0]) + 6.0 * where.inside,
        }
        for axis, (name, column) in enumerate((("Yfeed", "feed"), ("Crot", "turn"))):
            out[name] = hold(where.column(column) * reach, where.inside, self.axes[axis])
            self.axes[axis] = float(out[name][-1])
        return out

    def _hydraulics(self, day: Day, at_ms: Times, where: Position) -> dict[str, Floats]:
        noise = day.noise.normal(0.0, 1.0, (6, at_ms.size))
        leak, bearing = day.severity("seal_leak", at_ms), day.severity("bearing_wear", at_ms)
        clamped = where.inside & (where.phase > 0.3) & (where.phase < RELEASE)
        bending = where.inside & (where.phase >= BEND_FROM) & (where.phase < BEND_TO)
        grip = 7.5e6 + 1.5e6 * where.column("stiff")
        clamp = clamped * grip * (1 - 0.34 * leak) * (1 + (0.004 + 0.02 * leak) * noise[0])
        mandrel = bending * 6.5e6 * where.column("stiff") * (1 + 0.006 * noise[1])
        working = self._on(where)
        system = working * 1.4e7 * (1 - 0.1 * leak - 0.03 * bending) * (1 + 0.004 * noise[2])
        load = working * (16.0 + 30.0 * clamped + 18.0 * bending * where.column("stiff") + 20.0 * leak + 9.0 * bearing)
        oil = follow(
            ambient_c(at_ms) + 3.0 * working + 0.33 * load + working * (9.0 * leak + 13.0 * bearing),
            PERIOD_S,
            2100.0,
            self.oil_c,
        )
        self.oil_c = float(oil[-1])
        shake = 0.9 + 0.012 * load + 3.2 * bearing
        return {
            "Clamp": clamp,
            "Mandrel": mandrel,
            "Hpress": system,
            "Htemp": oil + 0.04 * noise[3],
            "Pload": np.clip(load * (1 + 0.02 * noise[4]), 0.0, 100.0),
            "Pvib": np.where(working, np.abs(shake * (1 + 0.04 * noise[5])), 0.05),
            "Collet": np.where(working, 6.0e5, 1.0e5) * (1 + 0.003 * noise[2]),
        }

    def _on(self, where: Position) -> np.ndarray:
        """Say when the pump runs: in the bends and for half a minute around them."""
        near = 30 // PERIOD_S
        return np.convolve(where.inside, np.ones(2 * near + 1), "same") > 0


def _measured(day: Day, cycles: Cycles) -> dict[str, tuple[Times, Floats]]:
    """Report each bend when it has been measured: commanded, springback, and what is left of the angle."""
    at_ms = day.start_ms + np.round(1000 * (cycles.end_s - 0.6)).astype(np.int64)
    leak = day.severity("seal_leak", at_ms)
    sprung = cycles.columns["sprung"] * (1 + 0.25 * leak) + day.noise.normal(0.0, 0.04 + 0.2 * leak)
    command = np.round(cycles.columns["angle"] + cycles.columns["sprung"], 2)
    sprung = np.round(sprung, 2)
    return {"Bcmd": (at_ms, command), "Sback": (at_ms, sprung), "Bmeas": (at_ms, np.round(command - sprung, 2))}


def make_tube_bender(rng: np.random.Generator) -> TubeBender:
    """Make a bender with five tubes of three to six bends: (angle °, stiffness, feed mm, turn °)."""
    tubes = []
    for _ in range(5):
        stiff = float(rng.uniform(0.75, 1.25))
        bends = [
            (float(rng.integers(4, 25) * 5), stiff, float(rng.integers(60, 600)), float(rng.integers(-4, 5) * 22.5))
            for _ in range(int(rng.integers(3, 7)))
        ]
        tubes.append(tuple(bends))
    return TubeBender(tuple(tubes))
