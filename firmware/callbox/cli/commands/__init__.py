"""The commands, a module each, found by `callbox.cli`: `add(commands)` puts one into the parser.

A command imports what it needs when it runs: `callbox check` shall not wait for aiortc.
"""
