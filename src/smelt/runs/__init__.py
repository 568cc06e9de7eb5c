"""Wiring: the only place that knows stage, engine and store."""
