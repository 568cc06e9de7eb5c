"""From scores to severity, thresholds and episodes."""
