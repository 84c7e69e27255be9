"""Callbox: press the button, talk to your bot.

The program. Its rooms are described in ``firmware/README.md``; the RTVI client is usable on its own:
``from callbox.rtvi import RTVIClient``.
"""

__version__ = "0.1.0"
