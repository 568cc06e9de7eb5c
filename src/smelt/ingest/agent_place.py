"""Where an agent is to be read on, and what its documents say about that."""

from dataclasses import dataclass, replace

from smelt.ingest.recorder import Cursor
from smelt.terms.document_header import DocumentHeader


@dataclass(frozen=True)
class Place:
    """The first sequence of an instance that was not recorded.

    last_sequence : the newest that the agent told when it was last read; it only ever grows.
    """

    instance_id: int
    next_sequence: int
    model_changed_at: str | None = None
    buffer_size: int | None = None
    last_sequence: int | None = None

    @classmethod
    def of_cursor(cls, cursor: Cursor | None) -> "Place | None":
        """Return the place of a cursor; None where another kind of source had this name before."""
        try:
            return cls(**cursor) if cursor else None
        except TypeError:
            return None

    @classmethod
    def oldest(cls, header: DocumentHeader) -> "Place | None":
        """Return the place of the oldest that an agent has; None if it does not tell."""
        if header.instance_id is None or header.first_sequence is None:
            return None
        return cls(header.instance_id, header.first_sequence, header.model_changed_at, header.buffer_size)

    def moved(self, header: DocumentHeader) -> "Place":
        """Return the place behind a document; what it says oddly (a backward read, more than it has) moves nothing."""
        following, last = header.next_sequence, header.last_sequence
        is_odd = following is None or following < self.next_sequence or (last is not None and following > last + 1)
        return replace(
            self,
            next_sequence=self.next_sequence if is_odd or following is None else following,
            model_changed_at=header.model_changed_at or self.model_changed_at,
            buffer_size=header.buffer_size or self.buffer_size,
            last_sequence=self.last_sequence if last is None else last,
        )

    def is_left(self, header: DocumentHeader) -> bool:
        """Say whether the agent has begun another instance, or its numbers anew under the same instance id.

        Examples
        --------
        >>> place = Place(7, 101, last_sequence=150)
        >>> [place.is_left(DocumentHeader("MTConnectStreams", 7, last_sequence=last)) for last in (149, 150)]
        [True, False]
        """
        if header.instance_id is not None and header.instance_id != self.instance_id:
            return True
        last, known = header.last_sequence, self.last_sequence
        return last is not None and known is not None and last < known
