"""Observations that travel alone, each a record of its own, to rows."""
