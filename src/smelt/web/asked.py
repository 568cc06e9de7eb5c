"""A request as the routes see it: the shop, and what its query asks for, checked when it is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends, Request

from smelt.runs.pages.device import Look
from smelt.runs.pages.episodes import episode_of
from smelt.runs.pages.tables import Reader
from smelt.runs.plant.config import PlantFolder
from smelt.runs.plant.find_device import find_device
from smelt.terms.interval import Interval
from smelt.terms.plant import ClassMapping, Device, Plant
from smelt.web import query


@dataclass(frozen=True)
class Shop:
    """The lake and the plant that the pages show; a class without a mapping is shown without units.

    folder : of the plant, for its recorders and for commands that name it; None where there is none.
    """

    reader: Reader
    plant: Plant
    mappings: Mapping[str, ClassMapping] = field(default_factory=dict)
    folder: PlantFolder | None = None


@dataclass(frozen=True)
class Asked:
    """What a request asks; each property raises InputError if its part of the query cannot be read."""

    shop: Shop
    values: Mapping[str, str]

    @property
    def interval(self) -> Interval:
        """`from` and `to`, or the week that ends where the data ends."""
        return query.interval(self.shop.reader, self.shop.plant, self.values.get("from"), self.values.get("to"))

    @property
    def points(self) -> int:
        """How many cells or points at most."""
        return query.count("points", self.values.get("points", "1200"))

    @property
    def devices(self) -> tuple[Device, ...]:
        """The devices, all if none is named."""
        return query.devices(self.shop.plant, self.values.get("devices"))

    @property
    def names(self) -> list[str]:
        """The named signals."""
        return query.names(self.values.get("names", ""))

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which times are written, the plant's unless said."""
        return query.zone(self.values.get("tz", "plant"), self.shop.plant)

    def interval_of(self, device: Device) -> Interval:
        """`from` and `to`, or the stretch around the episode asked for, or the last week."""
        episode_id = self.values.get("episode")
        if not episode_id or self.values.get("from") or self.values.get("to"):
            return self.interval
        episode = episode_of(self.shop.reader, device.uuid, episode_id)
        return query.around(episode) if episode else self.interval

    def look(self, device_id: str) -> Look:
        """Return how to look at the device."""
        mapping = self.shop.mappings.get(find_device(self.shop.plant, device_id).class_name)
        return Look(self.points, self.values.get("episode") or None, mapping=mapping)


def _asked(request: Request) -> Asked:
    shop = request.app.state.shop
    assert isinstance(shop, Shop)
    return Asked(shop, request.query_params)


TheAsked = Annotated[Asked, Depends(_asked)]
