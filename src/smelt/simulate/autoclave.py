"""The autoclaves: a cure ramps, soaks and cools; pressure follows, the bag is under vacuum, air and parts lag."""

from dataclasses import dataclass, field

import numpy as np

from smelt.simulate.cure import RECIPES, Cures, Targets
from smelt.simulate.day import Day, Floats, Readings, Times, ambient_c
from smelt.simulate.faults import DAY_MS
from smelt.simulate.lag import follow
from smelt.simulate.operation import States, operation, whole

PERIOD_S = 30
_AIR_W_PER_K_S = 4.0e6  # heat capacity of air and shell, J/K
_LOSS_W_PER_K, _PART_W_PER_K = 320.0, 1500.0


@dataclass
class Autoclave:
    """One autoclave: cures run over midnight, so the current one is handed to the next day."""

    cures: Cures
    batches: int = 0
    air_c: float = 24.0
    part_c: list[float] = field(default_factory=lambda: [23.0, 23.0])
    fan_c: float = 23.0
    gas_pa: float = 0.0
    bag_pa: float = 0.0
    program: int = 0

    def live(self, day: Day) -> Readings:
        """Return the readings of the day and keep the state at its end."""
        self.cures.plan(day)
        at_ms = day.ticks(PERIOD_S)
        target = self.cures.targets(at_ms)
        leak = day.severity("seal_leak", at_ms)
        noise = day.noise.normal(0.0, 1.0, (8, at_ms.size))
        samples = self._heat(at_ms, target, leak, noise)
        samples |= self._gas(target, leak, noise)
        samples |= self._fan(at_ms, target, samples, day.severity("bearing_wear", at_ms), noise)
        samples |= {"Tset": target.set_c, "Pset": target.set_pa}
        return Readings(at_ms, samples, self._events(day, at_ms, target))

    def _heat(self, at_ms: Times, target: Targets, leak: Floats, noise: Floats) -> dict[str, Floats]:
        curing, set_c, mass = target.curing, target.set_c, target.mass
        hall = ambient_c(at_ms)
        air = follow(np.where(curing, set_c, hall), PERIOD_S, np.where(curing, 200.0, 1400.0), self.air_c)
        before = np.concatenate(([self.air_c], air[:-1]))
        parts = [follow(air, PERIOD_S, tau * mass, self.part_c[i]) for i, tau in enumerate((900.0, 1500.0))]
        need = _AIR_W_PER_K_S * (air - before) / PERIOD_S + _LOSS_W_PER_K * (1 + 1.6 * leak) * (air - hall)
        need = np.where(curing, need + _PART_W_PER_K * (air - parts[0]) + 26_000.0 * leak, 0.0)
        self.air_c, self.part_c = float(air[-1]), [float(p[-1]) for p in parts]
        return {
            "Tair": air + 0.06 * noise[0] - 1.2 * leak * curing,
            "Tpart1": parts[0] + 0.05 * noise[1],
            "Tpart2": parts[1] + 0.05 * noise[2],
            "Hpower": np.clip(need * (1 + 0.015 * noise[3]), 0.0, 420_000.0),
            "Cvalve": np.clip(-need / 2_200.0 * (1 + 0.01 * noise[3]), 0.0, 100.0),
        }

    def _gas(self, target: Targets, leak: Floats, noise: Floats) -> dict[str, Floats]:
        curing = target.curing
        gas = follow(target.set_pa * (1 - 0.1 * leak), PERIOD_S, 120.0, self.gas_pa)
        bag = follow(np.where(curing, -90_000.0 * (1 - 0.38 * leak), 0.0), PERIOD_S, 150.0, self.bag_pa)
        before = np.concatenate(([self.gas_pa], gas[:-1]))
        filling = np.clip(gas - before, 0.0, None) / PERIOD_S
        self.gas_pa, self.bag_pa = float(gas[-1]), float(bag[-1])
        return {
            "Pact": gas * (1 + 0.001 * noise[4]),
            "Vbag": bag * (1 + (0.0015 + 0.02 * leak) * noise[5]),
            "Kload": np.clip(curing * (12.0 + filling / 4.5 + 45.0 * leak) * (1 + 0.02 * noise[6]), 0.0, 100.0),
        }

    def _fan(
        self, at_ms: Times, target: Targets, samples: dict[str, Floats], bearing: Floats, noise: Floats
    ) -> dict[str, Floats]:
        """Return the fan: denser air is harder to move, a worn bearing rubs."""
        curing = target.curing
        load = curing * (38.0 + 3.6e-5 * samples["Pact"] + 11.0 * bearing)
        heat = 4.0 * curing + 0.14 * (samples["Tair"] - ambient_c(at_ms)) + curing * 24.0 * bearing
        temp = follow(ambient_c(at_ms) + heat, PERIOD_S, 1500.0, self.fan_c)
        self.fan_c = float(temp[-1])
        shake = 0.9 + 0.012 * load + 0.004 * (samples["Tair"] - 25.0) + 3.0 * bearing
        return {
            "Frpm": np.round(curing * 1450.0 * (1 - 0.0002 * load) + 0.8 * noise[7] * curing),
            "Fload": load * (1 + 0.006 * noise[6]),
            "Ftemp": temp + 0.05 * noise[7],
            "Fvib": np.where(curing, np.abs(shake * (1 + 0.06 * noise[3])), 0.06),
        }

    def _events(self, day: Day, at_ms: Times, target: Targets) -> dict[str, States]:
        batch = np.full(at_ms.size, self.batches)
        number = np.full(at_ms.size, self.program)
        for cure in self.cures.cures:
            number[at_ms >= cure.start_ms] = cure.number
            if day.start_ms < cure.end_ms <= day.start_ms + DAY_MS:
                batch[at_ms >= cure.end_ms] += 1
                self.batches += 1
        self.program = int(number[-1])
        return {
            "program": 100 + number,
            "recipe": np.asarray([r.name for r in RECIPES])[number],
            "line": whole(target.step),
            "PartCountAct": batch,
            "door": np.where(target.curing, "CLOSED", "OPEN"),
        } | operation(target.curing, day.stopped(at_ms))


def make_autoclave(rng: np.random.Generator) -> Autoclave:
    """Make an autoclave whose first cure begins within a few hours of the run."""
    return Autoclave(Cures(phase_h=float(rng.uniform(0.0, 5.0))))
