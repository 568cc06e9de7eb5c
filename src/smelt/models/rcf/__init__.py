"""The random cut forest: exact float32, compiled once, the same for a seed on every machine."""
