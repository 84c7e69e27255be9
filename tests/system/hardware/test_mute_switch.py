"""A mute switch on the kernel's GPIO: it closes the kernel's PCM, and nothing from outside opens it."""

import json
import time
from typing import Any

import pytest
from tests.rig.mosquitto import Listener, wait_for
from tests.system.hardware.acoustic_loop import IN_THE_BOX, is_captured
from tests.system.hardware.box import MICROPHONE_LAMP, STATUS_LAMP, WiredBox
from tests.system.hardware.gpio_actor import BUTTON, ButtonActor, level

pytestmark = pytest.mark.vpi

SWITCH = 26


def test_a_switch_that_bounces_closes_the_pcm_and_no_command_opens_it(bot_process, broker, tmp_path):
    bot_process.be("good")
    switch = ButtonActor(SWITCH)
    switch.up()
    lamps = {"status": {"pin": STATUS_LAMP, "dimmable": False}, "microphone": {"pin": MICROPHONE_LAMP}}
    settings: dict[str, Any] = {
        "bot": {"start_url": bot_process.url, "deadlines": {"start_s": 40, "connect_s": 40, "bot_ready_s": 40}},
        "board": {"button": {"pin": BUTTON}, "lamps": lamps, "mute_switch": {"pin": SWITCH}},
        "microphone": {"device": IN_THE_BOX},
        "speaker": {"device": IN_THE_BOX, "buffer_ms": 200},
    }
    with WiredBox(tmp_path, bot_process.url, broker.port, **settings) as box, Listener(broker.port) as commander:
        box.button.press()
        box.until("ready")
        assert wait_for(lambda: is_captured() and level(MICROPHONE_LAMP))
        switch.bounce(21)
        state = box.until(lambda state: state["hard_mute"] and not state["mic_live"])
        assert wait_for(lambda: not is_captured() and not level(MICROPHONE_LAMP))
        commander.publish(f"{box.topic}/request/hard_mute", b'{"hard_mute": false, "transaction": 1}')
        assert wait_for(lambda: commander.of(f"{box.topic}/response/hard_mute"))
        refused = json.loads(commander.of(f"{box.topic}/response/hard_mute")[-1])
        assert (refused["status"], refused["error"]["code"]) == ("error", "muted"), refused
        time.sleep(1)
        assert not is_captured()
        assert not level(MICROPHONE_LAMP)
        switch.bounce(21, down=False)
        opened = box.until(lambda state: not state["hard_mute"] and state["mic_live"])
        assert opened["session"] == state["session"]
        assert wait_for(lambda: is_captured() and level(MICROPHONE_LAMP))
