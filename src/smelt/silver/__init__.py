"""From what arrived to a wide table: units, time, unavailability, conditions, the carry and the pivot; pure."""
