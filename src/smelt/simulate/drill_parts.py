"""What a drill consists of, what it warns of, and which of its conditions a fault raises."""

from smelt.simulate.layout import Component, Item, condition, controller, event, sample

LAYOUT = (
    Component(
        "Axes",
        "axes",
        parts=(
            Component(
                "Linear",
                "W",
                (
                    sample("Wdepth", "POSITION", "MILLIMETER", 0.2, 2),
                    sample("Thrust", "LINEAR_FORCE", "NEWTON", 12.0, 0),
                    condition("Wtravel", "POSITION"),
                ),
            ),
            Component(
                "Rotary",
                "S",
                (
                    sample("Srpm", "ROTARY_VELOCITY", "REVOLUTION/MINUTE", 15.0, 0),
                    sample("Storque", "TORQUE", "NEWTON_METER", 0.1, 2),
                    sample("Spower", "WATTAGE", "WATT", 20.0, 0),
                    sample("Stemp", "TEMPERATURE", "CELSIUS", 0.3, 1),
                    sample("Svib", "VELOCITY", "MILLIMETER/SECOND", 0.15, 2),
                    condition("Stemp_cond", "TEMPERATURE"),
                    condition("servo", "ACTUATOR"),
                ),
            ),
        ),
    ),
    controller(
        (event("Fovr", "PATH_FEEDRATE_OVERRIDE", "PERCENT", "PROGRAMMED"),),
        (
            sample("path_pos", "PATH_POSITION", "MILLIMETER_3D", 0.0, 2),
            Item("Fact", "SAMPLE", "PATH_FEEDRATE", "MILLIMETER/SECOND", "ACTUAL", "MILLIMETER/MINUTE", 2, 0.1),
            event("holes", "x:HOLE_COUNT", "COUNT"),
        ),
    ),
    Component(
        "Systems",
        "systems",
        parts=(
            Component(
                "Lubrication",
                "lubrication",
                (
                    Item("Lpress", "SAMPLE", "PRESSURE", "PASCAL", None, "BAR", -3, 12_000.0),
                    condition("lube_cond", "PRESSURE"),
                ),
            ),
            Component(
                "Vacuum",
                "extraction",
                (Item("Epress", "SAMPLE", "PRESSURE", "PASCAL", "x:EXTRACTION", "BAR", -2, 400.0, 2),),
            ),
        ),
    ),
)
WARNINGS = (
    ("system_cond", "302", "BATTERY LOW"),
    ("lube_cond", "880", "LUBRICANT LEVEL LOW"),
    ("Wtravel", "33", "CLAMP FOOT NOT SEATED, RETRIED"),
)
FAULT_CONDITIONS = {
    "bearing_wear": ("Stemp_cond", "2041", "SPINDLE TEMPERATURE"),
    "coolant_loss": ("lube_cond", "884", "LUBRICATION PRESSURE LOST"),
    "tool_breakage": ("motion_cond", "624", "BIT BROKEN"),
}
