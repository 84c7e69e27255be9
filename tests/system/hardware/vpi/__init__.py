"""A virtual Pi: a Linux kernel with GPIO and sound cards that runs as an ordinary process (User Mode Linux).

Its root is this machine's own file system, read-only, with a layer in memory above it: every program that is
installed here is there, and nothing that it writes stays.

    python -m tests.system.hardware.vpi build
    python -m tests.system.hardware.vpi run [options] -- COMMAND...
    python -m tests.system.hardware.vpi shell [options]
"""
