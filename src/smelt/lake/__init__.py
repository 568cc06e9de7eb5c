"""Delta tables on a local path or an object store: numbered plans, commits that happen once, memory, compaction."""
