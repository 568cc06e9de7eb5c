"""Adapter logs to rows."""
