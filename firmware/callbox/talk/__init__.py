"""One call from a terminal: keys, captions and meter of ``callbox talk``."""
