#!/usr/bin/env bash
# pisugar can't use the Unix socket of its server, and loses two presses of the button that come together
#
# Software: pisugar 0.1.1 (PyPI)
# Guess:    connect_domain_socket() connects to the server of a PiSugar's battery, as connect_tcp() does, and returns
#           two connections for PiSugarServer (its docstring). With None in place of the second one there are no events:
#           registering a handler says so ("Event connection is not specified", in its source). Each press of the button
#           is told, the server sends "single", "double" or "long" for it.
# Seen:     It returns what connect() returns, which is None, twice: AttributeError at the first question. The attribute
#           that the register functions look at isn't there without a second connection: AttributeError again. Two
#           presses that come while a handler is at work are read at once: "singledouble" is an "Invalid event".
# Output:   connect_domain_socket(): (None, None)
#           get_battery_level(): AttributeError: 'NoneType' object has no attribute 'sendall'
#           a handler without events: AttributeError: 'PiSugarServer' object has no attribute '_event_conn'
#           single, single and double, long: told single, long
# Callbox:  has no battery; a double press and a hold are its own (docs/gestures.md).
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps pisugar==0.1.1
SOCKET="$tmp/pisugar.sock" "$tmp/venv/bin/python" -W ignore - <<'PY'
import os
import socket
import sys
import threading

from pisugar import PiSugarServer, connect_domain_socket


class Log:
    """What is written to stderr, where an invalid event is told."""

    def __init__(self):
        self.written = threading.Event()

    def write(self, _text):
        self.written.set()


def error_of(function, *arguments):
    """The error that the function raises with these."""
    try:
        function(*arguments)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "none"


server = socket.socket(socket.AF_UNIX)
server.bind(os.environ["SOCKET"])
server.listen()
connections = connect_domain_socket(os.environ["SOCKET"])
print("connect_domain_socket():", connections)
errors = [error_of(PiSugarServer(*connections).get_battery_level)]
print("get_battery_level():", errors[0])
commands, _ = socket.socketpair()
errors.append(error_of(PiSugarServer(commands, None).register_single_tap_handler, print))
print("a handler without events:", errors[1])

events, box = socket.socketpair()
told = []
begun, sent, ended = threading.Event(), threading.Event(), threading.Event()


def single():
    told.append("single")
    begun.set()
    sent.wait()


battery = PiSugarServer(commands, events)
battery.register_single_tap_handler(single)
battery.register_double_tap_handler(lambda: told.append("double"))
battery.register_long_tap_handler(lambda: (told.append("long"), ended.set()))
stderr, sys.stderr = sys.stderr, Log()
box.sendall(b"single")
begun.wait()
box.sendall(b"single")
box.sendall(b"double")
sent.set()
sys.stderr.written.wait(10)
box.sendall(b"long")
ended.wait(10)
sys.stderr = stderr
print("single, single and double, long: told", ", ".join(told))
if connections != (None, None) or not all(error.startswith("AttributeError") for error in errors):
    sys.exit("changed: no connections and two AttributeErrors were expected")
if told != ["single", "long"]:
    sys.exit("changed: two of four presses were expected")
PY
