"""What the columns of the scan's rows hold: a plain observation each, texts as stretches of the data."""

SAMPLE, EVENT, CONDITION = range(3)
IS_NUMBER, IS_TEXT, IS_UNAVAILABLE, HAS_UNITS = range(4)  # the last: an EVENT's text that may be a number
LEVELS = ("NORMAL", "WARNING", "FAULT", "UNAVAILABLE")

DOCUMENT, DEVICE, CATEGORY, FORM, LEVEL, SEQUENCE, TIME = range(7)
ITEM_AT, ITEM_LENGTH, TEXT_AT, TEXT_LENGTH, CODE_AT, CODE_LENGTH, ROW_WIDTH = range(7, 14)
OTHER_WIDTH = 5
