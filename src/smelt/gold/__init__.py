"""What was known when: the minute grid and its features; pure."""
