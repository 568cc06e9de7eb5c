"""smelt: raw machine data goes in as ore; copper, silver and gold come out, and alarms that people believe."""

__version__ = "0.1.0"
