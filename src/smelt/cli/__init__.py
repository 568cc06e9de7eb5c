"""The command line: parse, call one run or query, show."""
