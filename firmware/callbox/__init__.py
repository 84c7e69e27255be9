"""Callbox: press the button, talk to your bot.

The program. Its rooms are described in ``firmware/README.md``; the RTVI client is usable on its own:
``from callbox.rtvi import RTVIClient``.
"""

from callbox.version import version as _version

__version__ = _version()
