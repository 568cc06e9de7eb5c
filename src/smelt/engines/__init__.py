"""Engines: one function that runs kernels over tasks, wherever the cores are."""
