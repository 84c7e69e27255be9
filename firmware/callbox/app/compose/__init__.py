"""Composition root: from settings to board, transport, broker, panel and box.

With `cli`, the only place that names concrete parts; every other room sees Protocols.
"""

from callbox.app.compose.board import (
    button_config,
    make_board,
    make_sound,
    telephone_config,
)
from callbox.app.compose.composition import Composition, make_composition, preimport, press_on_signal
from callbox.app.compose.connection import connection_configs
from callbox.app.compose.lamps import find_status_lamp, wired_lamps
from callbox.app.compose.mqtt import broker_config, host_info, info_payload
from callbox.app.compose.panel import panel_factory, panel_token
from callbox.app.compose.sound import audio_config, chime_config, spoken_causes_warning

__all__ = [
    "Composition",
    "audio_config",
    "broker_config",
    "button_config",
    "chime_config",
    "connection_configs",
    "find_status_lamp",
    "host_info",
    "info_payload",
    "make_board",
    "make_composition",
    "make_sound",
    "panel_factory",
    "panel_token",
    "preimport",
    "press_on_signal",
    "spoken_causes_warning",
    "telephone_config",
    "wired_lamps",
]
