"""The command line in this process, for what starts nothing; a process of its own takes half a second of processor time.
That is `tests.rig.service.CALLBOX`.
"""

from callbox.cli import main


def exit_code(arguments):
    """Of `arguments`; argparse leaves by SystemExit."""
    try:
        return main(arguments)
    except SystemExit as end:
        return end.code
