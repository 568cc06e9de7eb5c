"""The ingest stage: landing files to copper."""
