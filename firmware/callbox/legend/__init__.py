"""The legend of the lamps, as a table and as SVG. Pure."""
