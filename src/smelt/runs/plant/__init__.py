"""The plant folder: its settings, devices, sources, and how it begins."""
