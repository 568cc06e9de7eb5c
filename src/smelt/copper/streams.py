"""Streams of documents: which numbers an agent's instance owes each of them, and which it never handed on."""

import polars as pl

STREAM = ("agent", "instance_id", "stream")
_CURRENT = r"(?i)/current(/[^/?]*)?(\?|$)"
_SAMPLE = r"(?i)/sample(/|\?|$)"


def stream_documents(documents: pl.DataFrame) -> pl.DataFrame:
    """Keep the documents that hand on what happened, and say to which stream each belongs.

    Parameters
    ----------
    documents : agent, instance_id, source, first_sequence, next_sequence, lowest_sequence, observations, contact_us.

    Returns
    -------
    The same rows with `stream`, `asked_from` (the `from` of the URL; none where a stream goes on below it, with another
    instance) and `is_sparse`, without

    - answers to `/current`: they say what holds, not what happened. Their source names them; where none is known, a
      document that is sparse and reaches below the buffer's first number can be nothing else
    - answers that were read backwards (a negative `count`)

    Notes
    -----
    A stream is what was asked in one way: the URL without its query but for `path=`, or the topic. Documents
    without a source are one stream.
    """
    source = pl.col("source").fill_null("")
    span = pl.col("next_sequence") - pl.col("lowest_sequence")
    asked = source.str.extract(r"[?&]from=(\d{1,18})(?:&|$)").cast(pl.Int64)
    told = documents.drop_nulls(("instance_id", "next_sequence")).with_columns(
        stream=source.str.extract(r"^([^?]*)") + source.str.extract(r"[?&](path=[^&]*)").fill_null(""),
        asked_from=pl.when(asked <= pl.coalesce("lowest_sequence", "next_sequence")).then(asked),
        is_sparse=((pl.col("observations") > 0) & (pl.col("observations") < span)).fill_null(value=False),
    )
    reaches_below = (pl.col("lowest_sequence") < pl.col("first_sequence")).fill_null(value=False)
    is_guessed = ~source.str.contains(_SAMPLE) & pl.col("is_sparse") & reaches_below
    is_backwards = (span <= 0).fill_null(value=False)
    return told.filter(~source.str.contains(_CURRENT), ~is_guessed, ~is_backwards)


def owed(documents: pl.DataFrame) -> pl.DataFrame:
    """Return the ranges of numbers that nobody may lack: agent, instance_id, `start`, `end` (exclusive).

    Parameters
    ----------
    documents : as `stream_documents` returns them.

    Notes
    -----
    A *whole* stream asks for everything: all from its first number to its last document's `nextSequence` is owed; a
    sparse document among dense ones may be an answer to `/current` and moves neither end.
    A *filtered* one (a `path=`, a topic of one device, or more sparse documents than dense ones) owes nothing of what
    its documents examined; owed is only what it stepped over: from one document's `nextSequence` to where the next
    was asked from or, where that is not known, to the first number that the agent still had.
    """
    by_name = pl.col("source").fill_null("").str.contains(r"^mqtts?://|[?&]path=").any()
    dense = ~pl.col("is_sparse")
    is_dense = (pl.col("observations") > 1) & dense
    kinds = documents.group_by(STREAM).agg(is_whole=~by_name & (is_dense.sum() >= pl.col("is_sparse").sum()))
    sorted_ = documents.join(kinds, on=STREAM).sort(*STREAM, "next_sequence", "contact_us")
    first = pl.min_horizontal("asked_from", pl.coalesce("lowest_sequence", "next_sequence"))
    whole = sorted_.filter("is_whole", dense).group_by(STREAM).agg(start=first.min(), end=pl.col("next_sequence").max())
    before = pl.col("next_sequence").shift(1).over(STREAM)
    stepped = sorted_.filter(~pl.col("is_whole")).with_columns(
        start=before, end=pl.coalesce("asked_from", "first_sequence")
    )
    columns = ("agent", "instance_id", "start", "end")
    owed_ = pl.concat([whole.select(columns), stepped.select(columns)])
    return owed_.filter(pl.col("start") < pl.col("end")).sort(columns)
