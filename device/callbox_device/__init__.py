"""The hardware: what is soldered and plugged in.

Knows nothing of RTVI, MQTT or settings files. `interfaces` says what any board offers; `gpio` and `alsa` are the real
parts, `simulated` the same board in memory; `model` is pure.
"""
