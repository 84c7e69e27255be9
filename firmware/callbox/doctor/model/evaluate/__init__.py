"""From what was measured to what it means. Pure: numbers in, findings out; every limit stands here."""
