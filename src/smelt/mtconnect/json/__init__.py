"""MTConnect documents as JSON, of agents and of converters, to rows."""
