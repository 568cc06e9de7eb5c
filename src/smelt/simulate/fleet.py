"""Who is there: the devices of the seed plant, with what is engraved on their plates."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Machine:
    """A device of the plant; its uuid is its name. `latency_ms` is the way from its adapter to the agent."""

    index: int
    name: str
    class_name: str
    manufacturer: str
    model: str
    commissioned: str
    site: str
    criticality: int
    latency_ms: int


_PLATES = (
    ("AC1", "autoclaves", "Scholz", "AC 25/75", "2009-05-04", "hall-1", 5),
    ("AC2", "autoclaves", "Scholz", "AC 25/75", "2009-06-15", "hall-1", 5),
    ("AC3", "autoclaves", "Scholz", "AC 35/120", "2013-02-11", "hall-1", 5),
    ("AC4", "autoclaves", "ASC", "Econoclave 3x6", "2017-09-18", "hall-2", 4),
    ("AC5", "autoclaves", "ASC", "Econoclave 3x6", "2019-03-25", "hall-2", 4),
    ("FOG1", "mills", "Fooke", "Endura 904", "2015-11-02", "hall-3", 4),
    ("FOG2", "mills", "Fooke", "Endura 904", "2016-04-18", "hall-3", 4),
    ("DIAMOND-NORTH", "mills", "SNK", "Diamond 30", "2011-08-22", "hall-3", 3),
    ("DIAMOND-SOUTH", "mills", "SNK", "Diamond 30", "2011-10-10", "hall-3", 3),
    ("FAD1", "drills", "Broetje", "FAD 12", "2014-07-07", "hall-4", 5),
    ("FAD2", "drills", "Broetje", "FAD 12", "2018-01-29", "hall-4", 4),
    ("CRIPPA_NE", "tube_benders", "Crippa", "CA 1042E", "2012-03-12", "hall-5", 2),
    ("CRIPPA_NW", "tube_benders", "Crippa", "CA 1042E", "2012-03-19", "hall-5", 2),
    ("CRIPPA_SE", "tube_benders", "Crippa", "CA 1050E", "2020-06-08", "hall-5", 3),
    ("CRIPPA_SW", "tube_benders", "Crippa", "CA 1050E", "2020-06-15", "hall-5", 3),
)

FLEET = tuple(Machine(i, *plate, latency_ms=40 + 23 * i) for i, plate in enumerate(_PLATES))
AGENT_NAME = "seed-plant"
STREAM = "seed-mtconnect"
