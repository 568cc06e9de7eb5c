"""Bytes to rows, pure: one dialect a folder, dialect.py tells them apart."""
