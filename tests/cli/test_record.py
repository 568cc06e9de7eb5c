"""smelt record, and init --agent, as a person calls them."""

from pathlib import Path

import pytest
from tests.agents import GeneratedAgent
from tests.recorded import observations
from tests.replaying_agent import ReplayingAgent


@pytest.fixture
def agent() -> GeneratedAgent:
    made = GeneratedAgent()
    made.add(120)
    return made


def test_an_own_machine_is_recorded_after_two_commands(smelt, said, agent: GeneratedAgent, tmp_path: Path) -> None:
    with ReplayingAgent(agent) as server:
        begun = smelt("init", tmp_path / "shop", "--agent", server.url)
        assert begun.exit_code == 0, begun.output
        assert begun.stdout.splitlines() == [
            f"plant.toml: 1 devices in {tmp_path / 'shop'}",
            "mappings/machine.toml: 6 columns proposed; read it through, it decides what silver holds",
            f"Next: smelt record --plant {tmp_path / 'shop'}, and beside it smelt serve --plant {tmp_path / 'shop'}",
        ]
        state = said("record", "--plant", tmp_path / "shop", "--once")
        agent.add(30)
        told = smelt("record", "--plant", tmp_path / "shop", "--for", "400ms", "--roll", "100ms")
    assert (state["sources"][0]["name"], state["sources"][0]["observations"]) == ("MILL", 120)
    assert told.exit_code == 0, told.output
    assert told.stdout.startswith("1/1 sources · ") and " 30 observations (" in told.stdout
    assert "lost 0 · 1 files, " in told.stdout and told.stdout.endswith(f"in {tmp_path / 'shop' / 'landing'}\n")
    assert "30 observations" in told.stderr  # where there is no terminal, a line now and then
    assert observations(tmp_path / "shop/landing") == agent.made


@pytest.mark.parametrize("option", [("--for", "soon"), ("--for", "0"), ("--roll", "-3s")])
def test_a_time_that_is_none_is_refused(smelt, tmp_path: Path, option: tuple[str, str]) -> None:
    result = smelt("record", "--plant", tmp_path, *option)
    told = f"smelt: {option[0]} '{option[1]}': expected a number above 0 with a unit"
    assert result.exit_code == 2 and result.stderr.startswith(told)


def test_mistakes_are_one_sentence_and_exit_2(smelt, tmp_path: Path) -> None:
    (tmp_path / "plant.toml").write_text('[source]\nlanding = "landing"\n')
    for command in (("record",), ("record", "--agent", "ftp://x"), ("init", "new", "--agent", "mill:5000")):
        result = smelt(*command, *(("--plant", tmp_path) if command[0] == "record" else ()))
        assert result.exit_code == 2 and result.stderr.startswith("smelt: ") and result.stderr.count("\n") == 1
    both = smelt("init", "new", "--agent", "http://x", "--probe", "y")
    assert both.exit_code == 2 and "expected one of them" in both.output


def test_without_a_plant_source_and_landing_zone_do(smelt, agent: GeneratedAgent, tmp_path: Path) -> None:
    with ReplayingAgent(agent) as server:
        told = smelt("record", "--agent", server.url, "--landing", "here", "--once")
        assert told.exit_code == 0, told.output
        assert smelt("record", "--agent", server.url, "--once").exit_code == 2
    assert observations(tmp_path / "here") == agent.made
