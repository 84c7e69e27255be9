"""What Callbox costs, each number beside an anchor from the same run: ``make bench``."""
