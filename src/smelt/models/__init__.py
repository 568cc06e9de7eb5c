"""Detectors: one method per file; the forest is in rcf/."""
