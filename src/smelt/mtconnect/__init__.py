"""Bytes to rows, pure: one dialect a file, dialect.py tells them apart."""
