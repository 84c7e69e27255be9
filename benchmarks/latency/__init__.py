"""From a press to ready and to the bot's first sound, by phase: ``python -m benchmarks.latency``."""
