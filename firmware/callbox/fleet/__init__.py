"""Many boxes: `monitor` shows all that a broker knows of, `sim` simulates them."""
