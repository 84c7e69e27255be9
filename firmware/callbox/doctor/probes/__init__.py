"""What touches the world: each probe measures one thing and lets `callbox.doctor.model.evaluate` say what it means."""
