"""Find a device by its uuid or its name, or say which name was meant."""

from difflib import get_close_matches

from smelt.terms.errors import InputError
from smelt.terms.plant import Device, Plant


class UnknownDeviceError(InputError):
    """No device of the plant has this name or uuid; `suggestions` are names that come close."""

    def __init__(self, asked: str, suggestions: tuple[str, ...]) -> None:
        self.asked = asked
        self.suggestions = suggestions
        meant = f"; did you mean {' or '.join(map(repr, suggestions))}?" if suggestions else ": see plant.toml."
        super().__init__(f"no device {asked!r}{meant}")


def find_device(plant: Plant, asked: str) -> Device:
    """Return the device of this uuid or name; case does not matter in a name.

    Raises
    ------
    UnknownDeviceError
        If there is none.

    Examples
    --------
    >>> find_device(Plant(devices=(Device("u-1", "FOG1", "mills"),)), "fog1").uuid
    'u-1'
    """
    exact = next((d for d in plant.devices if asked in (d.uuid, d.name)), None)
    found = exact or next((d for d in plant.devices if d.name.lower() == asked.lower()), None)
    if found:
        return found
    names = {d.name.lower(): d.name for d in plant.devices} | {d.uuid.lower(): d.name for d in plant.devices}
    close = get_close_matches(asked.lower(), list(names), n=3, cutoff=0.5)
    raise UnknownDeviceError(asked, tuple(dict.fromkeys(names[c] for c in close)))
