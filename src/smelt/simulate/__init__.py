"""The seed plant, made from seeds: physics per class, faults, the agent's documents, and their delivery."""
