import random

import orjson
import pytest
from tests.mtconnect.scanner.spoiling import a_document, an_observation, assert_same

from smelt.mtconnect.scanner.scan import Scan

PLAIN = b",".join([an_observation(b"1.5", sequence=n) for n in range(9)])


@pytest.mark.parametrize("version", [1, 2])
def test_documents_of_both_versions_are_scanned_whole(captured, version):
    name = {1: "captured/nist_v1/poll_03.json", 2: "captured/okuma_v2/poll_03.json"}[version]
    data = captured(name)
    scan = Scan()
    scan.open(data)
    assert scan.resume(0) == len(data)
    assert scan.rows == data.count(b'"sequence":') and scan.documents(0)[0].is_version_1 == (version == 1)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"uuid":"m1"', b'"name":"m"'),
        (b'"uuid":"m1"', b'"uuid":""'),
        (b'"uuid":"m1"', b'"uuid":"m1","uuid":"m2"'),
        (b'"uuid":"m1"', b'"uuid":"m1","more":{}'),
        (b'"uuid":"m1"', b'"uuid":"m1","more":[1]'),
        (b'"uuid":"m1"', b'"uuid":"m\\u0031"'),
        (b'"instanceId":7', b'"instanceId":null'),
        (b'"instanceId":7', b'"instanceId":7,"MTConnectError":{}'),
        (b'"Streams":', b'"other":{"a":[1,{"b":null}]},"Streams":'),
        (b'"Streams":', b'"Streams":{},"Streams":'),
        (b'"Samples":', b'"Samples":{},"Samples":'),
        (b'"Samples":', b'"Events":[],"Samples":'),
        (b'"Samples":', b'"Conditions":{},"Samples":'),
        (b'"Samples":', b'"component":"Path","Samples":'),
    ],
)
@pytest.mark.parametrize("version", [1, 2])
def test_odd_structures(old, new, version):
    observations = PLAIN if version == 2 else b",".join(b'{"Load":%s}' % one for one in [an_observation(b"2.5")] * 9)
    data = a_document(observations, version=version)
    assert old in data
    assert_same(data.replace(old, new) + data)


def test_lists_that_are_empty_or_come_twice():
    for inside in (b'"A":[],"B":[],"A":[]', b'"A":[],"B":[%s],"C":[]' % PLAIN, b'"A":[%s],"A":[%s]' % (PLAIN, PLAIN)):
        data = a_document(PLAIN).replace(b'{"Position":[%s]}' % PLAIN, b"{" + inside + b"}")
        assert_same(data)


def test_keys_in_any_order_and_pretty_printing(captured):
    rng = random.Random(1)
    value = orjson.loads(captured("captured/okuma_v2/poll_01.json"))

    def shuffled(value):
        if isinstance(value, list):
            return [shuffled(member) for member in value]
        if isinstance(value, dict):
            return {key: shuffled(value[key]) for key in rng.sample(list(value), len(value))}
        return value

    for option in (None, orjson.OPT_INDENT_2):
        assert_same(orjson.dumps(shuffled(value), option=option) * 2)
