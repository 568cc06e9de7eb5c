"""What a recorder needs to know of an agent's document: its kind, its place in the agent's sequence, its errors."""

from dataclasses import dataclass

from smelt.terms.observation import Kind


@dataclass(frozen=True)
class DocumentHeader:
    """A document's Header; what it does not say, or says oddly, is None.

    next_sequence : first sequence that was not looked at for this document; `first` and `last` are those that
        the agent holds.
    model_changed_at : Header/@deviceModelChangeTime as it stands; another one means another device model.
    errors : the error codes of an MTConnectError, such as OUT_OF_RANGE.
    """

    kind: Kind
    instance_id: int | None = None
    first_sequence: int | None = None
    next_sequence: int | None = None
    last_sequence: int | None = None
    buffer_size: int | None = None
    created_at_us: int | None = None
    model_changed_at: str | None = None
    errors: tuple[str, ...] = ()
