"""Transports: how sound and messages reach the bot. Each fulfils `callbox.rtvi.transport.Transport`."""
