"""What the columns of the scan's rows hold: a plain observation each, texts as stretches of the data."""

SAMPLE, EVENT, CONDITION = range(3)
IS_NUMBER, IS_TEXT, IS_UNAVAILABLE, HAS_UNITS = range(4)  # the last: an EVENT's text that may be a number
# What the scan does not read itself: text with entities, CDATA or entries, the same where it may be a number, what
# stands in a data set or table, and the numbers of a time series, whose rate stands in the place of a code.
IS_MARKED, MARKED_UNITS, IS_SET, IS_SERIES = range(4, 8)
NO_PATTERN = -1  # length of an UNAVAILABLE in an element of which another says something else than text
LEVELS = ("NORMAL", "WARNING", "FAULT", "UNAVAILABLE")

DOCUMENT, DEVICE, CATEGORY, FORM, LEVEL, SEQUENCE, TIME = range(7)
ITEM_AT, ITEM_LENGTH, TEXT_AT, TEXT_LENGTH, CODE_AT, CODE_LENGTH, ROW_WIDTH = range(7, 14)
OTHER_WIDTH = 5
