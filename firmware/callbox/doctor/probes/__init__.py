"""Probes: each measures one thing and lets `callbox.doctor.model.evaluate` say what it means."""
