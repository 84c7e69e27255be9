"""What touches the world: each probe measures one thing and lets `callbox.doctor.judge` say what it means."""
