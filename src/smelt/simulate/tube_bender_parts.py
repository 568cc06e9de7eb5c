"""What a tube bender consists of, what it warns of, and which of its conditions a fault raises."""

from smelt.simulate.layout import Component, Item, condition, controller, event, every, sample

LAYOUT = (
    Component(
        "Axes",
        "axes",
        parts=(
            Component(
                "Rotary",
                "B",
                (
                    Item("Barm", "SAMPLE", "ANGLE", "DEGREE", "ACTUAL", "DEGREE", 2, 0.3),
                    Item("Bcmd", "SAMPLE", "ANGLE", "DEGREE", "COMMANDED", "DEGREE", 2),
                    Item("Bmeas", "SAMPLE", "ANGLE", "DEGREE", "x:MEASURED", "DEGREE", 2),
                    Item("Sback", "SAMPLE", "ANGLE", "DEGREE", "x:SPRINGBACK", "DEGREE", 2),
                    sample("Btorque", "TORQUE", "NEWTON_METER", 12.0, 0),
                    condition("servo", "ACTUATOR"),
                ),
            ),
            Component("Linear", "Y", (every(2, sample("Yfeed", "POSITION", "MILLIMETER", 1.0, 1)),)),
            Component("Rotary", "C", (every(2, sample("Crot", "ANGLE", "DEGREE", 0.5, 1)),)),
        ),
    ),
    controller((event("Fovr", "PATH_FEEDRATE_OVERRIDE", "PERCENT", "PROGRAMMED"),), ()),
    Component(
        "Systems",
        "systems",
        parts=(
            Component(
                "Hydraulic",
                "hydraulic",
                (
                    Item("Clamp", "SAMPLE", "PRESSURE", "PASCAL", "x:CLAMP", "BAR", -4, 90_000.0),
                    Item("Mandrel", "SAMPLE", "PRESSURE", "PASCAL", "x:MANDREL", "BAR", -4, 90_000.0),
                    Item("Hpress", "SAMPLE", "PRESSURE", "PASCAL", "x:SYSTEM", "BAR", -4, 150_000.0, 2),
                    sample("Htemp", "TEMPERATURE", "CELSIUS", 0.3, 1),
                    sample("Pload", "LOAD", "PERCENT", 2.0, 0),
                    sample("Pvib", "VELOCITY", "MILLIMETER/SECOND", 0.2, 2),
                    condition("hydraulic_cond", "PRESSURE"),
                    condition("Htemp_cond", "TEMPERATURE"),
                ),
            ),
            Component(
                "Pneumatic",
                "pneumatic",
                (Item("Collet", "SAMPLE", "PRESSURE", "PASCAL", "x:COLLET", "BAR", -3, 8_000.0, 2),),
            ),
        ),
    ),
)
WARNINGS = (
    ("system_cond", "115", "LUBRICATE WIPER DIE"),
    ("hydraulic_cond", "711", "OIL FILTER DIFFERENTIAL PRESSURE"),
    ("servo", "19", "FOLLOWING ERROR, RETRIED"),
)
FAULT_CONDITIONS = {
    "bearing_wear": ("Htemp_cond", "730", "OIL TEMPERATURE HIGH"),
    "seal_leak": ("hydraulic_cond", "705", "CLAMP PRESSURE LOW"),
}
