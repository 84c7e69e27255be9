"""Upgrades of the Debian package: a new version is on trial until the box has proved healthy with it, else dpkg goes
back.

`deploy/debian/gate.py` makes one file of this room and what it imports, the program of callbox-upgrade.service. It runs
with the system's Python and as root: standard library only.
"""
