"""What records have in common that differ in their time, sequence and value alone: it is looked at once.

Nothing is decided here: the dialect's own reader reads the first ones, and tells by what it makes of a few values
which rule holds for all.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from smelt.mtconnect.json.streams import DeviceRows
from smelt.mtconnect.rows import Cell
from smelt.terms.errors import DataError
from smelt.terms.observation import UNAVAILABLE, Category, Dialect

Read = Callable[[dict[str, Any]], list[DeviceRows]]
Rule = Literal["number", "text", "each", "none"]

_TRIALS = 4  # so many values are read one by one, then it is tried which rule holds
_NUMBERS = ("1.5", "-2", "1e3", 1.5, 3)
_TEXTS = ("x", " x ", "1.5", "1 2", '{"a":"1"}', "[1]")


class Said(NamedTuple):
    """What a record says beside its time and sequence, if it is one row."""

    device_uuid: str
    data_item: str
    category: Category
    cell: Cell


@dataclass
class Meaning:
    """What values become in records that say the same, whatever they are about.

    rule : "number": a number, or the text of one, is the row's value; "text": a text is the row's text; "each": it is
        looked up what a value was when it was read; "none": every record is read by itself.
    native_code : that of rows by the rule.
    cells : what texts became that were read, and None where there was none.
    reads : how many records were read by themselves.
    """

    rule: Rule = "each"
    native_code: str | None = None
    cells: dict[str | None, Cell] = field(default_factory=dict)
    reads: int = 0

    def keep(self, sent: object, cell: Cell) -> None:
        """Keep what a value became."""
        if sent is None or isinstance(sent, str):
            self.cells[sent] = cell


class Kind(NamedTuple):
    """Records of one dialect that are about the same and say the same."""

    dialect: Dialect | None
    device_uuid: str
    data_item: str
    category: Category
    meaning: Meaning

    def read(self, record: dict[str, Any], value_key: str | None, read: Read) -> Cell | None:
        """Return the cell of a record of this kind and keep it, or None unless it is one row."""
        meaning = self.meaning
        try:
            said = said_by(record, read)
        except DataError:
            return None
        if said is None or said[:3] != (self.device_uuid, self.data_item, self.category):
            meaning.rule = "none"
            return None
        meaning.keep(None if value_key is None else record[value_key], said.cell)
        meaning.reads += 1
        if meaning.reads == _TRIALS and value_key is not None and meaning.rule == "each":
            self._try_rules(record, value_key, read, said.cell.native_code)
        return said.cell

    def _try_rules(self, record: dict[str, Any], key: str, read: Read, code: str | None) -> None:
        """Let the record have other values under its key, and see what its reader makes of them."""

        def is_cell(sent: object, cell: Cell) -> bool:
            said = said_by(record | {key: sent}, read)
            return said is not None and said.cell == cell

        is_number = self.category == "SAMPLE" and is_cell("1 2", Cell(text="[1.0,2.0]", native_code=code))
        if is_number and all(is_cell(number, Cell(float(number), native_code=code)) for number in _NUMBERS):
            self.meaning.rule, self.meaning.native_code = "number", code
        if self.category == "EVENT" and all(is_cell(text, Cell(text=text, native_code=code)) for text in _TEXTS):
            self.meaning.rule, self.meaning.native_code = "text", code


NO_KIND = Kind(None, "", "", "EVENT", Meaning("none"))


def said_by(record: dict[str, Any], read: Read) -> Said | None:
    """Return what a record says, or None if it is not one row; raises what its reader raises if it does not fit."""
    (device,) = read(record)
    columns = device.rows.columns()
    if columns["part"] != [0] or columns["native_units"] != [False]:
        return None
    cell = Cell(*(columns[name][0] for name in Cell._fields))
    return Said(device.device_uuid, columns["data_item"][0], columns["category"][0], cell)


def is_plain_text(sent: object) -> bool:
    """Say whether the rule for texts covers a value."""
    return type(sent) is str and sent != "" and UNAVAILABLE not in sent
