#!/usr/bin/python3 -I
"""The command `callbox`."""

import sys

# Behind the standard library, since one of the bundled libraries (audioop) is only for Pythons that have it no more;
# and before Debian's own packages, which may be older.
place = next((number for number, folder in enumerate(sys.path) if folder.endswith("-packages")), len(sys.path))
sys.path.insert(place, "/usr/lib/callbox")

from callbox.cli import main  # noqa: E402

sys.exit(main())
