"""What an autoclave consists of, what it warns of, and which of its conditions a fault raises."""

from smelt.simulate.layout import Component, Item, condition, controller, event, sample

LAYOUT = (
    controller((), (event("recipe", "PROGRAM_COMMENT"),)),
    Component(
        "Systems",
        "systems",
        parts=(
            Component(
                "Heating",
                "heating",
                (
                    Item("Tset", "SAMPLE", "TEMPERATURE", "CELSIUS", "COMMANDED", "CELSIUS", 1, 0.5),
                    Item("Tair", "SAMPLE", "TEMPERATURE", "CELSIUS", "ACTUAL", "CELSIUS", 1, 0.3),
                    sample("Hpower", "WATTAGE", "WATT", 3000.0, -2),
                    condition("heat_cond", "TEMPERATURE"),
                ),
            ),
            Component("Cooling", "cooling", (sample("Cvalve", "OPENNESS", "PERCENT", 2.0, 0),)),
            Component(
                "Pressure",
                "pressure",
                (
                    Item("Pset", "SAMPLE", "PRESSURE", "PASCAL", "COMMANDED", "BAR", -3, 10_000.0),
                    Item("Pact", "SAMPLE", "PRESSURE", "PASCAL", "ACTUAL", "BAR", -2, 3_000.0),
                    sample("Kload", "LOAD", "PERCENT", 2.0, 0),
                    condition("press_cond", "PRESSURE"),
                ),
            ),
            Component(
                "Vacuum",
                "vacuum",
                (
                    Item("Vbag", "SAMPLE", "PRESSURE", "PASCAL", "x:VACUUM", "BAR", -2, 700.0),
                    condition("vac_cond", "PRESSURE"),
                ),
            ),
            Component(
                "Fan",
                "fan",
                (
                    sample("Frpm", "ROTARY_VELOCITY", "REVOLUTION/MINUTE", 5.0, 0),
                    sample("Fload", "LOAD", "PERCENT", 1.2, 1),
                    sample("Ftemp", "TEMPERATURE", "CELSIUS", 0.3, 1),
                    sample("Fvib", "VELOCITY", "MILLIMETER/SECOND", 0.15, 2),
                    condition("fan_cond", "ACTUATOR"),
                ),
            ),
        ),
    ),
    Component(
        "Resources",
        "resources",
        parts=(
            Component(
                "Materials",
                "parts",
                (
                    sample("Tpart1", "TEMPERATURE", "CELSIUS", 0.4, 1),
                    sample("Tpart2", "TEMPERATURE", "CELSIUS", 0.4, 1),
                ),
            ),
        ),
    ),
    Component("Door", "door", (event("door", "DOOR_STATE"),)),
)
WARNINGS = (
    ("system_cond", "77", "RECORDER MEMORY LOW"),
    ("vac_cond", "412", "VACUUM PORT 3 FLUCTUATES"),
    ("heat_cond", "301", "THERMOCOUPLE SPREAD"),
)
FAULT_CONDITIONS = {
    "seal_leak": ("vac_cond", "410", "VACUUM LOST"),
    "bearing_wear": ("fan_cond", "520", "FAN BEARING TEMPERATURE"),
}
