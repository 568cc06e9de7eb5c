"""A source whose library is absent says what to install."""

import random
import sys
from collections.abc import Callable
from typing import Any

import pytest

from smelt.ingest.kafka import KafkaRecorder
from smelt.ingest.kinesis import KinesisRecorder
from smelt.ingest.mqtt import MqttRecorder
from smelt.terms.errors import InputError


@pytest.mark.parametrize(
    ("module", "make", "url", "extra"),
    [
        ("paho.mqtt.client", MqttRecorder, "mqtt://a", "mqtt"),
        ("confluent_kafka", KafkaRecorder, "kafka://a/t", "kafka"),
        ("botocore.session", KinesisRecorder, "kinesis://a/s", "aws"),
    ],
)
def test_an_absent_library_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, module: str, make: Callable[..., Any], url: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(InputError, match=rf"pip install 'smelt\[{extra}\]'$"):
        make(url, "name", lambda: 0, random.Random(0))
