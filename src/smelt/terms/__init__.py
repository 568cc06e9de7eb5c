"""The vocabulary: errors, intervals, the plant, mappings, tasks and table schemas; imports nothing else of smelt."""
