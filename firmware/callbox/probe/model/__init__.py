"""Speech segments, percentiles, checks and reports of a probe. Pure."""
