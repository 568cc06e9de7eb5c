"""The agent's device model: every device and the agent itself as trees whose ids are unique in the agent."""

import re
import uuid
from dataclasses import dataclass

from smelt.simulate.classes import CLASSES
from smelt.simulate.fleet import FLEET
from smelt.simulate.layout import Component, Item, event

AGENT_UUID = str(uuid.uuid5(uuid.NAMESPACE_DNS, "seed-plant.agent"))
_HEAD = AGENT_UUID[:8]


@dataclass(frozen=True)
class Modelled:
    """A device as the agent knows it; ids begin with `prefix`."""

    name: str
    uuid: str
    prefix: str
    root: Component
    manufacturer: str = ""
    type_name: str = ""

    @property
    def is_named(self) -> bool:
        """Data items of the agent itself have no names."""
        return self.root.kind != "Agent"

    def item_id(self, item: Item) -> str:
        """Return the data item's id, unique in the agent."""
        return f"{self.prefix}_{item.name}"

    def component_id(self, component: Component) -> str:
        """Return the component's id, unique in the agent."""
        if component is self.root:
            return self.prefix
        return re.sub(r"[^\w-]+", "_", f"{self.prefix}-{component.name}")  # an XML id has no slashes


def _agent() -> Modelled:
    adapters = tuple(
        Component(
            "Adapter",
            f"shdr://{m.name.lower()}:7878",
            (event(f"{m.name}_connection_status", "CONNECTION_STATUS"),),
        )
        for m in FLEET
    )
    items = (event("avail", "AVAILABILITY"), event("device_added", "DEVICE_ADDED"))
    root = Component("Agent", "Agent", items, (Component("Adapters", "adapters", (), adapters),))
    return Modelled("Agent", AGENT_UUID, f"agent_{_HEAD}", root)


def model() -> tuple[Modelled, ...]:
    """Return the agent's own device, then the plant's in order."""
    devices = (
        Modelled(m.name, m.name, m.name, CLASSES[m.class_name].root(m.name), m.manufacturer, m.model) for m in FLEET
    )
    return (_agent(), *devices)
