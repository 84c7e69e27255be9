#!/usr/bin/env bash
# dbus-objects answers with the last property for each one, with nothing to Get, and breaks an object by its subclass
#
# Software: dbus-objects 0.0.2, treelib 1.8.0, six 1.17.0 (PyPI)
# Guess:    A property that is written with dbus_property() and a setter, as in the README, can be read and set by
#           org.freedesktop.DBus.Properties (D-Bus specification), and a server finds its getter and setter by its name.
#           A class has its own methods, whatever subclasses it has.
# Seen:     Getter and setter are those of the last property of the object. Get gives an empty signature and None, and
#           Set does nothing: both are stubs. The methods of a subclass go into the list of its parent, so the parent
#           raises AttributeError when it is registered.
# Output:   Name of kitchen, volume 40: 40 by get_property(), ('', None) by Get
#           Set of Name to hall: kitchen
#           an object, once there is a subclass with one more method: AttributeError
# Callbox:  uses no D-Bus.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check --no-deps dbus-objects==0.0.2 treelib==1.8.0 six==1.17.0
"$tmp/venv/bin/python" -W ignore - <<'PY'
import sys

from dbus_objects import DBusObject, dbus_method, dbus_property
from dbus_objects.integration import DBusServerBase

PROPERTIES = "org.freedesktop.DBus.Properties"


class Box(DBusObject):
    """A box with a name and a volume."""

    def __init__(self):
        super().__init__(default_interface_root="org.example")
        self._name, self._volume = "kitchen", 40

    @dbus_property()
    def name(self) -> str:
        return self._name

    @name.setter
    def name(self, value: str):
        self._name = value

    @dbus_property()
    def volume(self) -> int:
        return self._volume

    @volume.setter
    def volume(self, value: int):
        self._volume = value

    @dbus_method()
    def ring(self) -> str:
        return "ring"


server = DBusServerBase("SESSION", "org.example")
box = Box()
server.register_object("/box", box)
getter, _setter, descriptor = server.get_property("/box", "org.example.Box", "Name")
get, _descriptor = server.get_method("/box", PROPERTIES, "Get")
by_name, by_get = getter(), get("org.example.Box", "Name")
print(f"{descriptor.name} of kitchen, volume 40: {by_name} by get_property(), {by_get} by Get")
set_, _descriptor = server.get_method("/box", PROPERTIES, "Set")
set_("org.example.Box", "Name", ("s", "hall"))
print(f"Set of Name to hall: {box.name}")


class LoudBox(Box):
    """A box that can do one thing more."""

    @dbus_method()
    def shout(self) -> str:
        return "RING"


raised = "nothing"
try:
    server.register_object("/another", Box())
except AttributeError as error:
    raised = type(error).__name__
print(f"an object, once there is a subclass with one more method: {raised}")
if (by_name, by_get, box.name, raised) != (40, ("", None), "kitchen", "AttributeError"):
    sys.exit("changed: the volume in place of the name, nothing by Get and AttributeError were expected")
PY
