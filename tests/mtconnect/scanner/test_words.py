from tests.mtconnect.scanner.spoiling import a_document, an_observation, assert_same


def test_the_table_grows_and_every_word_comes_once():
    items = [b"item_%d" % (n % 7000) for n in range(20_000)]
    observations = b",".join(an_observation(b"1.5", item, n) for n, item in enumerate(items))
    rows = assert_same(a_document(observations)).rows
    assert rows["data_item"].to_pylist() == [item.decode() for item in items]


def test_the_same_letters_in_different_columns_are_different_words():
    observation = b'{"value":"x","nativeCode":"x","dataItemId":"x","sequence":1,"timestamp":"2020-01-01T00:00:00Z"}'
    for category in ("Events", "Samples"):
        assert_same(a_document(b",".join([observation] * 9), category, "x"))
    assert_same(a_document(b",".join([observation] * 9), "Condition", "Fault"))


def test_words_of_every_length_that_differ_in_one_letter():
    words = [b"w" * size for size in range(1, 80)]
    words += [word[:at] + b"v" + word[at + 1 :] for word in words for at in (0, len(word) // 2, len(word) - 1)]
    observations = b",".join(an_observation(b'"%s"' % word, word, n) for n, word in enumerate(words * 2))
    rows = assert_same(a_document(observations, "Events", "Block")).rows
    assert rows["text"].to_pylist() == [word.decode() for word in words * 2]
