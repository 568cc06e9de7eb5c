from smelt.ingest.landing import Landing
from smelt.runs.ingest.batch import Readable
from smelt.terms.plant import Agent


def test_an_agent_is_told_by_where_its_files_lie() -> None:
    agents = (Agent("north", "north/"), Agent("all", url="http://cell:5000"), Agent("south", "south/"))
    what = Readable(Landing("raw"), (), agents)
    paths = ("north/2026/x.gz", "south/2026/x.gz", "2026/x.gz")
    assert [what.agent_of(path) for path in paths] == ["north", "south", None]
