import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from smelt.simulate.channels import Channels
from smelt.simulate.document import (
    BUFFER_SIZE,
    Instance,
    header,
    heartbeat,
    observation_texts,
    streams,
    time_text,
    time_texts,
)
from smelt.simulate.model import model

CHANNELS = Channels(model())


@given(st.lists(st.integers(0, 4_000_000_000_000), min_size=1, max_size=5))
def test_times_are_printed_without_trailing_zeros_and_are_those_times(times):
    texts = time_texts(np.asarray(times))
    assert [t + "Z" for t in texts] == [time_text(t) for t in times]
    back = [np.datetime64(t, "ms").astype(np.int64) for t in texts]
    assert back == times
    assert not any("." in t and t.endswith("0") for t in texts)


@given(st.lists(st.integers(0, len(CHANNELS.all) - 1), min_size=1, max_size=40))
def test_any_choice_of_channels_is_a_document(numbers):
    channel = np.sort(np.asarray(numbers))
    tokens = ["1.5" if CHANNELS.all[c].level is None else CHANNELS.all[c].token("7", "msg") for c in channel]
    sequence = np.arange(1, channel.size + 1)
    texts = observation_texts(CHANNELS, channel, tokens, sequence, np.full(channel.size, 1_500))
    text = header(Instance(0), 60_000, 5, 9) + streams(CHANNELS, channel, texts) + "}}"
    body = json.loads(text, object_pairs_hook=no_key_twice)["MTConnectStreams"]
    found = [
        (d["uuid"], o["dataItemId"], o["sequence"], level)
        for d in body["Streams"]["DeviceStream"]
        for c in d["ComponentStream"]
        for category in ("Samples", "Events", "Condition")
        for level, items in c.get(category, {}).items()
        for o in items
    ]
    assert sorted(n for _, _, n, _ in found) == sequence.tolist()
    for uuid, item, number, level in found:
        channel_of = CHANNELS.all[channel[number - 1]]
        assert (uuid, item) == (channel_of.device.uuid, channel_of.device.item_id(channel_of.item))
        assert channel_of.level in (None, level)


def no_key_twice(pairs: list[tuple[str, object]]) -> dict[str, object]:
    assert len({k for k, _ in pairs}) == len(pairs)
    return dict(pairs)


def test_heartbeat_and_header_are_as_the_agent_prints_them():
    text = heartbeat(Instance(1_788_220_800_000), 1_788_220_860_000, 200_000)
    body = json.loads(text)["MTConnectStreams"]
    assert text.startswith('{"MTConnectStreams":{"jsonVersion":2,"schemaVersion":"2.3","Header":{"version":"2.5.0.11"')
    assert body["Streams"] == {}
    assert body["Header"]["creationTime"] == "2026-09-01T00:01:00Z"
    assert body["Header"]["nextSequence"] == 200_001
    assert body["Header"]["firstSequence"] == 200_001 - BUFFER_SIZE
    assert list(body["Header"]) == [
        "version",
        "creationTime",
        "testIndicator",
        "instanceId",
        "sender",
        "schemaVersion",
        "deviceModelChangeTime",
        "bufferSize",
        "nextSequence",
        "lastSequence",
        "firstSequence",
    ]


def test_header_equals_a_real_one_in_keys_and_kinds(smelt_data):
    import gzip

    path = next((smelt_data / "landing" / "raw").rglob("*.gz"))
    real, _ = json.JSONDecoder().raw_decode(gzip.decompress(path.read_bytes()).decode())
    real_header = real["MTConnectStreams"]["Header"]
    ours = json.loads(heartbeat(Instance(0), 60_000, 9))["MTConnectStreams"]
    assert [(k, type(v)) for k, v in ours["Header"].items()] == [(k, type(v)) for k, v in real_header.items()]
    assert list(ours) == list(real["MTConnectStreams"])
