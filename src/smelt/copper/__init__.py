"""As received, each observation once; and what can be said of when a source was in contact."""
