"""The three families of errors, told apart by who has to act.

SmeltError
├── InputError       the caller or a setting: said in one sentence, exit code 2
│   ├── ShapeError       an array of the wrong shape
│   └── LeaseError       another driver holds the lake
├── DataError        a row or document: quarantined and counted, the run goes on
└── TransientError   a store or network: tried again
"""


class SmeltError(Exception):
    """Whatever smelt raises on purpose; the message says what, what was expected and what to do next."""


class InputError(SmeltError):
    """The caller or a setting is wrong; nothing was written, exit code 2."""


class ShapeError(InputError):
    """An array does not have the shape that the docstring asks for."""


class LeaseError(InputError):
    """Another driver holds the lease of this lake."""


class DataError(SmeltError):
    """A row or a document cannot be read; it goes to quarantine and the run goes on."""


class TransientError(SmeltError):
    """A store or a network failed for now; trying again may help."""
