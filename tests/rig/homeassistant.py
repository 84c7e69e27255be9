"""A box as Home Assistant is told of it, and Home Assistant itself, where it is installed."""

from pathlib import Path

from callbox.report.topics import Topics

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-homeassistant/bin/python"
"""Where `deploy/bootstrap.sh homeassistant` puts it."""

HERE = Topics("callbox", "kitchen")
INFO = {
    "name": "Kitchen",
    "version": "0.1.0",
    "model": "Raspberry Pi Zero 2 W Rev 1.0",
    "started": "2026-11-23T07:58:12.120Z",
    "commands": ["connect", "disconnect", "mute", "identify", "restart"],
}
