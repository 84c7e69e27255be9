"""What a preset is, and which one a machine's hardware asks for. Pure."""
