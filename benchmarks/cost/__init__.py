"""What a box costs: processor time, memory, start, rest; each beside an anchor from the same run. ``make bench``."""
