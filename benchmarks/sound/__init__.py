"""What the `benchmarks.sound_*` have in common: speech, the bot, the clients to compare, the comparison."""
