"""The landing zone as recorders write to it, in a folder and in a real S3 store."""

import asyncio
from pathlib import Path

import pytest

from smelt.ingest.landing import Landing
from smelt.ingest.landing_zone import LandingZone
from smelt.terms.errors import InputError


def test_files_lie_there_whole_and_own_files_are_no_data(tmp_path: Path) -> None:
    zone = LandingZone.at(str(tmp_path / "new"))

    async def work() -> None:
        assert await zone.own("shop.json") is None
        await zone.put("2026/11/24/09/a.gz", b"123")
        await zone.put_own("shop.json", {"mill": {"next": 3}})
        await zone.put_own("shop.json", {"mill": {"next": 4}})
        assert await zone.own("shop.json") == {"mill": {"next": 4}}

    asyncio.run(work())
    assert [f.path for f in Landing.at(zone.uri).files()] == ["2026/11/24/09/a.gz"]
    assert sorted(p.name for p in tmp_path.rglob("*") if p.is_file()) == ["a.gz", "shop.json"]


def test_what_lies_there_already_is_not_put_again(tmp_path: Path) -> None:
    zone = LandingZone.at(str(tmp_path))

    async def work() -> None:
        await zone.put_once("a/x.gz", b"1")
        await zone.put_once("a/x.gz", b"2")

    asyncio.run(work())
    assert [p.read_bytes() for p in tmp_path.rglob("*.gz")] == [b"1"]


@pytest.mark.parametrize("where", ["ftp://host/raw", "s3://"])
def test_a_url_of_no_store_is_refused(where: str) -> None:
    with pytest.raises(InputError, match=r"expected a folder, or a URL such as s3://bucket/raw"):
        LandingZone.at(where)
