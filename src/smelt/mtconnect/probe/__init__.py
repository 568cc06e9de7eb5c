"""Device models, from whatever an agent answers to /probe."""
