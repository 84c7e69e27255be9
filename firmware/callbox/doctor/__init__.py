"""`callbox doctor`: measures what a box needs, part by part, and says what to do.

`checks` lists the parts, `probes` measure them; in `model`, `evaluate` says what the numbers mean, and `codes` has all
that can be found.
"""
