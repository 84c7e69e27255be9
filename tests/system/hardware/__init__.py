"""Tests on a kernel's own GPIO and ALSA, and the virtual Pi that has them; see README.md."""
