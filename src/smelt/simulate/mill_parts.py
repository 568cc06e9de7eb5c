"""What a mill consists of, what it warns of, and which of its conditions a fault raises."""

from smelt.simulate.layout import Component, Item, condition, controller, event, every, sample

LAYOUT = (
    Component(
        "Axes",
        "axes",
        parts=(
            Component("Linear", "X", (every(3, sample("Xabs", "POSITION", "MILLIMETER", 0.5, 2)),)),
            Component("Linear", "Y", (every(3, sample("Yabs", "POSITION", "MILLIMETER", 0.5, 2)),)),
            Component(
                "Linear",
                "Z",
                (
                    every(3, sample("Zabs", "POSITION", "MILLIMETER", 0.5, 2)),
                    every(3, sample("Zload", "LOAD", "PERCENT", 1.0, 0)),
                    condition("Ztravel", "POSITION"),
                ),
            ),
            Component(
                "Rotary",
                "C",
                (
                    sample("Srpm", "ROTARY_VELOCITY", "REVOLUTION/MINUTE", 15.0, 0),
                    sample("Sload", "LOAD", "PERCENT", 1.5, 0),
                    sample("Storque", "TORQUE", "NEWTON_METER", 0.5, 1),
                    sample("Spower", "WATTAGE", "WATT", 100.0, 0),
                    sample("Stemp", "TEMPERATURE", "CELSIUS", 0.3, 1),
                    sample("Svib", "VELOCITY", "MILLIMETER/SECOND", 0.15, 2),
                    event("Sovr", "ROTARY_VELOCITY_OVERRIDE", "PERCENT"),
                    condition("Stemp_cond", "TEMPERATURE"),
                    condition("servo", "ACTUATOR"),
                ),
            ),
        ),
    ),
    controller(
        (event("Fovr", "PATH_FEEDRATE_OVERRIDE", "PERCENT", "PROGRAMMED"),),
        (
            Item("Fact", "SAMPLE", "PATH_FEEDRATE", "MILLIMETER/SECOND", "ACTUAL", "MILLIMETER/MINUTE", 2, 0.8),
            event("Tool_number", "TOOL_NUMBER"),
        ),
    ),
    Component(
        "Systems",
        "systems",
        parts=(
            Component(
                "Coolant",
                "coolant",
                (
                    sample("Ctemp", "TEMPERATURE", "CELSIUS", 0.2, 1),
                    Item("Cpress", "SAMPLE", "PRESSURE", "PASCAL", None, "BAR", -3, 25_000.0),
                    condition("coolant_cond", "PRESSURE"),
                ),
            ),
            Component("Electric", "electric", (event("power", "POWER_STATE"),)),
        ),
    ),
)
WARNINGS = (
    ("system_cond", "406", "MEMORY PROTECT"),
    ("coolant_cond", "1210", "COOLANT LEVEL LOW"),
    ("servo", "62", "CHIP CONVEYOR OVERLOAD"),
    ("Ztravel", "21", "Z NEAR SOFT LIMIT"),
)
FAULT_CONDITIONS = {
    "bearing_wear": ("Stemp_cond", "2041", "SPINDLE BEARING TEMPERATURE"),
    "coolant_loss": ("coolant_cond", "1213", "COOLANT PRESSURE LOST"),
    "tool_breakage": ("motion_cond", "624", "TOOL BREAKAGE DETECTED"),
}
