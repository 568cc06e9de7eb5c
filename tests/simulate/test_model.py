from smelt.simulate.fleet import FLEET
from smelt.simulate.model import AGENT_UUID, model


def test_the_agent_comes_first_with_an_adapter_for_each_device():
    agent, *devices = model()
    assert agent.uuid == AGENT_UUID and not agent.is_named
    assert sum(c.kind == "Adapter" for c in agent.root.walk()) == len(devices) == len(FLEET)


def test_uuid_is_what_people_say():
    assert [d.uuid for d in model()[1:]] == [m.name for m in FLEET]
