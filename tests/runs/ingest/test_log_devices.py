"""Whose a log is."""

import pytest

from smelt.ingest.landing import Landing
from smelt.runs.ingest.log_devices import log_device, recorded_device
from smelt.terms.errors import InputError
from smelt.terms.observation import ProbedDevice


@pytest.mark.parametrize("path", ["MILL/2020.txt", "mill-uuid/2020.txt", "MILL_2020.txt"])
def test_a_log_says_whose_it_is(path: str) -> None:
    devices = [ProbedDevice("mill-uuid", "MILL", False, ()), ProbedDevice("drill-uuid", "DRILL", False, ())]
    assert log_device(path, devices, Landing("/logs")).name == "MILL"


def test_a_log_of_nobody() -> None:
    devices = [ProbedDevice("mill-uuid", "MILL", False, ()), ProbedDevice("drill-uuid", "DRILL", False, ())]
    with pytest.raises(InputError, match=r"neither its folder 'LATHE' nor its name .* the probe has MILL, DRILL"):
        log_device("LATHE/x.txt", devices, Landing("/logs"))
    assert log_device("LATHE/x.txt", devices[:1], Landing("/logs")).name == "MILL"  # the only one there is
    with pytest.raises(InputError, match="the probe has no device"):
        log_device("LATHE/x.txt", [], Landing("/logs"))


@pytest.mark.parametrize(
    ("path", "uuid"),
    [
        ("shdr/MILL/2026/11/24/09/x.gz", "mill-uuid"),
        ("shdr/mill-uuid/x.gz", "mill-uuid"),
        ("shdr/M%2FLL/2026/11/24/09/x.gz", "M/LL"),
        ("shdr/x.gz", None),
        ("2026/shdr/MILL/x.gz", None),
    ],
)
def test_a_recorded_log_lies_in_its_devices_folder(path: str, uuid: str | None) -> None:
    assert recorded_device(path, [ProbedDevice("mill-uuid", "MILL", False, ())]) == uuid
