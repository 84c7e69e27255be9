"""Keys and status line of a call in a terminal. Pure."""
