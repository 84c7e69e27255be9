"""Pairs of settings that contradict each other, or of which one has no effect: by `callbox check`, with the place."""

import pytest

from callbox.cli import main

BOT = "bot: {start_url: http://b/start}\n"
TWO = "bots: {kitchen: {start_url: http://a/start}, doctor: {start_url: http://b/start}}\n"


@pytest.fixture
def check(tmp_path, capsys):
    """What `callbox check` says of `text`, and whether it is good."""

    def check(text):
        file = tmp_path / "callbox.yaml"
        file.write_text(text)
        code = main(["check", str(file)])
        message = capsys.readouterr()
        return (message.out + message.err).replace(str(file), "callbox.yaml"), code

    return check


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            TWO.replace("a/start}", 'a/start, dial_digit: "1"}').replace("b/start}", 'b/start, dial_digit: "1"}'),
            "1:111: bots.doctor.dial_digit: 1 is used twice; the other one is bots.kitchen.dial_digit",
        ),
        (
            BOT + "mqtt: {host: h, password: {credential: /etc/callbox/credentials/mqtt.password}}\n",
            "2:40: mqtt.password.credential: is the name of a file in /etc/callbox/credentials alone, without a /; a path",
        ),
        (BOT + "fleet: {public_key: /k}\n", "2:8: fleet: needs url or topic: where the signed settings come from"),
        (
            BOT + "fleet: {url: 'http://h/f'}\n",
            "2:14: fleet.url: needs fleet.public_key: what the settings are signed by",
        ),
        (BOT + "fleet: {public_key: /k, topic: f/s}\n", "2:32: fleet.topic: needs a broker: mqtt"),
        (
            BOT + "fleet: {public_key: /k, url: 'http://h/f', healthy_for_s: 60, give_up_after_s: 60}\n",
            "2:59: fleet.healthy_for_s: is 60, and fleet.give_up_after_s 60: no version could be accepted",
        ),
        (
            BOT + "board: {button: {double_press_ms: 0, on_double_press: mute}}\n",
            "2:35: board.button.double_press_ms: double_press_ms is 0 and debounce_ms 20: no double press is noticed",
        ),
        (
            BOT + "board: {button: {debounce_ms: 300, on_double_press: mute}}\n",
            "2:31: board.button.debounce_ms: double_press_ms is 250 and debounce_ms 300: no double press is noticed",
        ),
        (
            BOT + "board: {buttons: {red: {pin: 5, hold_ms: 200, debounce_ms: 200}}}\n",
            "2:42: board.buttons.red.hold_ms: hold_ms is 200 and debounce_ms 200: each press would be a hold",
        ),
        (
            BOT + "board: {hook_switch: {pin: 2, pull: down}}\n",
            "2:37: board.hook_switch.pull: GPIO 2 has a resistor to 3.3 V on the board",
        ),
        (
            BOT + "quiet_hours: {start: '22:00', end: '22:00'}\n",
            "2:36: quiet_hours.end: is 22:00, as is quiet_hours.start: no time is left",
        ),
        (
            BOT + "quiet_hours: {start: 7:00, end: 07:00}",
            "2:33: quiet_hours.end: is 07:00, as is quiet_hours.start: no time is left",
        ),
        (
            BOT + "board: {kind: panel}\npanel: {enabled: true}",
            "2:15: board.kind: the button is in the panel's page, which only shows without a token: set panel.token",
        ),
    ],
)
def test_a_contradiction_is_an_error_with_its_place(check, text, wanted):
    message, code = check(text)
    assert f"callbox.yaml:{wanted}" in message
    assert code


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("calls: {idle_s: 3600}", "2:17: calls.idle_s: 3600 s is not less than calls.call_s, 3600 s (by default)"),
        ("calls: {idle_s: 90, call_s: 60}", "2:17: calls.idle_s: 90 s is not less than calls.call_s, 60 s: it never"),
        ("calls: {call_s: 600, day_s: 400}", "2:17: calls.call_s: 600 s is not less than calls.day_s, 400 s: it never"),
        (
            "calls: {idle_s: 600, call_s: null, day_s: 400}",
            "2:17: calls.idle_s: 600 s is not less than calls.day_s, 400 s",
        ),
        (
            "calls: {warning_s: 60, idle_s: 45}",
            "2:20: calls.warning_s: calls.warning_s is 60 s, and calls.idle_s 45 s: the warning would be on from the",
        ),
        ("calls: {idle_s: 10}", "2:17: calls.idle_s: calls.warning_s is 10 s, and calls.idle_s 10 s: the warning"),
        (
            "speaker: {volume_percent: 80, max_volume_percent: 50}",
            "2:27: speaker.volume_percent: 80 % is more than speaker.max_volume_percent, 50 %, and so it is that",
        ),
        (
            "speaker: {volume_percent: 40, max_volume_percent: 50}\n"
            "quiet_hours: {start: '22:00', end: '07:00', max_volume_percent: 60}",
            "3:65: quiet_hours.max_volume_percent: 60 % is more than speaker.max_volume_percent, 50 %: it limits",
        ),
        (
            "quiet_hours: {start: '22:00', end: '07:00', lamp_brightness_percent: 30}\n"
            "board: {lamps: {brightness_percent: 10}}",
            "2:70: quiet_hours.lamp_brightness_percent: 30 % is more than board.lamps.brightness_percent, 10 %",
        ),
        ("board: {button: {on_press: mute}}", "2:28: board.button.on_press: no button calls, and neither a handset"),
        (
            "board: {button: {on_press: call}}\ncalls: {idle_s: null, call_s: null}",
            "3:17: calls.idle_s: null, as is calls.call_s, and no button hangs up: a call may last for ever",
        ),
        ("board: {button: {on_hold: next_bot}}", "2:27: board.button.on_hold: there is one bot only, so next_bot does"),
        ("board: {rotary_dial: {pulse_pin: 6}}", "2:22: board.rotary_dial: no bot has a dial_digit, so a digit does"),
        ("chimes: {enabled: false, speech: en}", "2:34: chimes.speech: chimes.enabled is false: it is not played"),
        ("chimes: {enabled: false, handset: true}", "2:35: chimes.handset: chimes.enabled is false: it is not played"),
        (
            "chimes: {enabled: false}\nquiet_hours: {start: '22:00', end: '07:00', chimes: true}",
            "3:53: quiet_hours.chimes: chimes.enabled is false: there are none",
        ),
        (
            "chimes: {handset: true}\nsound: {echo: half_duplex}",
            "2:19: chimes.handset: there is no ringing tone with sound.echo half_duplex",
        ),
        ("mqtt: {host: h, tls: {}, password: {env: PATH}}", "2:36: mqtt.password: is sent with a name only: set mqtt"),
        ("mqtt: {host: h, tls: {key_file: /k}}", "2:33: mqtt.tls.key_file: there is no mqtt.tls.cert_file"),
        ("mqtt: {host: h, tls: {ca_file: /c, insecure: true}}", "2:32: mqtt.tls.ca_file: mqtt.tls.insecure is true"),
        ("mqtt: {host: h, prefix: home/}", "2:25: mqtt.prefix: ends with /, and another one follows: topics have an"),
        (
            "mqtt: {host: h, homeassistant: {discovery_prefix: ha/}}",
            "2:51: mqtt.homeassistant.discovery_prefix: ends with /, and another one follows: topics have an",
        ),
        ("mqtt: {host: h, port: 8883}", "2:23: mqtt.port: 8883 is mostly the port for TLS: set mqtt.tls too (tls: {})"),
        ("mqtt: {host: h, port: 1883, tls: {}}", "2:23: mqtt.port: 1883 is mostly the port without TLS; leave it out"),
        ("ring: {allow_ring: true}", "2:20: ring.allow_ring: nobody can do it: there is neither a broker (mqtt) nor"),
        ("announce: {allow_announce: true}\npanel: {enabled: true}", "2:28: announce.allow_announce: nobody can do"),
        (
            "alarm: {allow_alarm: true}",
            "2:22: alarm.allow_alarm: nobody can do it: there is neither a broker (mqtt) nor",
        ),
        ("announce: {max_s: 30}", "2:19: announce.max_s: nothing is announced: set announce.allow_announce to true"),
        ("ring: {quiet_hours: refuse}", "2:21: ring.quiet_hours: there are none: set quiet_hours too (start and end)"),
        ("wake: {enabled: false, quiet_hours: off}", "2:37: wake.quiet_hours: there are none: set quiet_hours too"),
        ("mqtt: {host: h, tls: {ca_file: /c}}", "2:32: mqtt.tls.ca_file: /c can't be read now: No such file or"),
        (
            "mqtt: {host: h, tls: {ca_file: ca.pem}}",
            "2:32: mqtt.tls.ca_file: ca.pem is no whole path: the service looks",
        ),
        ("mqtt: {host: h, tls: {ca_file: ''}}", "2:32: mqtt.tls.ca_file: an empty text is no whole path: the service"),
        ("mqtt: {host: h, tls: {ca_file: /etc}}", "2:32: mqtt.tls.ca_file: /etc is a folder; name a file in it"),
        (
            "mqtt: {host: h, tls: {}, username: u, password: {file: mqtt.key}}",
            "2:49: mqtt.password: file is no whole path: the service looks elsewhere; write it from / on; if that",
        ),
        ("fleet: {check_every_s: 60}", "2:24: fleet.check_every_s: there is no fleet.url to look at, so nothing is"),
        ("fleet: {public_key: /k, url: 'http://h/f'}", "2:21: fleet.public_key: /k can't be read now: No such file"),
        (
            "wake: {enabled: true, words: [{model: /n.json}]}",
            "2:39: wake.words.0.model: /n.json can't be read: No such",
        ),
        ("panel: {token: {env: PATH}}", "2:16: panel.token: there is no panel: set panel.enabled to true"),
        ("panel: {address: 0.0.0.0}", "2:18: panel.address: there is no panel: set panel.enabled to true"),
        ("wake: {words: [{model: alexa}]}", "2:15: wake.words: no word is listened for: set wake.enabled to true"),
        ("panel: {enabled: true, port: 80}", "2:30: panel.port: is below 1024, where the service may not listen"),
        ("device: {name: \u201ch\u201d}", "2:16: device.name: its quotes are typographic, and so a part of the text"),
    ],
)
def test_what_has_no_effect_is_a_warning_with_its_place(check, text, wanted):
    message, code = check(f"{BOT}{text}\n")
    assert f"warning: callbox.yaml:{wanted}" in message
    assert not code


def test_words_that_this_machine_cannot_listen_for_are_an_error_of_its_own_settings(tmp_path, capsys):
    file = tmp_path / "callbox.yaml"
    file.write_text(f"{BOT}wake: {{enabled: true, words: [{{model: /n.json}}]}}\n")
    assert main(["check", "--config", str(file)]) == 78
    assert "2:39: wake.words.0.model: /n.json can't be read" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("bot", "wanted"),
    [
        (
            "start_url: http://b/api/offer",
            "bot.start_url: ends in /api/offer, where a Pipecat server takes offers: set",
        ),
        (
            "offer_url: http://b/start",
            "bot.offer_url: ends in /start, where a Pipecat server takes start requests: set",
        ),
        ("start_url: http://b:7860", "bot.start_url: has no path; a Pipecat server's start_url ends in /start"),
        ("offer_url: http://b:7860/", "bot.offer_url: has no path; a Pipecat server's offer_url ends in /api/offer"),
        ("start_url: http://0.0.0.0:7860/start", "bot.start_url: 0.0.0.0 is an address to listen at; write the name"),
        (
            "start_url: http://b/client/",
            "bot.start_url: is the page for a browser; a Pipecat server's start_url ends in",
        ),
        (
            "start_url: https://b/start, tls: {ca_file: /c}",
            "bot.tls.ca_file: /c can't be read now: No such file or directory",
        ),
    ],
)
def test_an_address_or_file_that_is_likely_wrong_is_a_warning(check, bot, wanted):
    message, code = check(f"bot: {{{bot}}}\n")
    assert wanted in message
    assert not code


@pytest.mark.parametrize(
    ("bot", "wanted"),
    [
        ('dial_digit: "1"', "1:46: bot.dial_digit: there is no board.rotary_dial or board.keypad to dial it with"),
        ("tls: {ca_file: /c}", "1:49: bot.tls.ca_file: no address of this bot is https://, so no certificate is"),
        (
            "transport: websocket, ice_servers: [{urls: 'stun:s'}]",
            "1:69: bot.ice_servers: websocket uses none",
        ),
        (
            "ice_servers: [{urls: 'turn:h:3478'}]",
            "1:48: bot.ice_servers.0: a TURN server wants username and credential",
        ),
        (
            "headers: {Authorization: {env: PATH, prefix: Bearer }}",
            "1:79: bot.headers.Authorization.prefix: makes one word with the secret: write a blank at its end",
        ),
    ],
)
def test_what_has_no_effect_on_a_bot_is_a_warning_with_its_place(check, bot, wanted):
    message, _ = check(f"bot: {{start_url: http://b/start, {bot}}}\n")
    assert f"warning: callbox.yaml:{wanted}" in message


@pytest.mark.parametrize(
    "text",
    [
        BOT,
        BOT + "calls: {call_s: 120}\n",  # below the default of idle_s, which is no wish of the user's
        BOT + "calls: {idle_s: null, call_s: null}\n",
        BOT + "calls: {day_s: 600, call_s: 300, idle_s: 60, warning_s: 0}\n",
        BOT + "speaker: {volume_percent: 50, max_volume_percent: 50}\n",
        BOT + "quiet_hours: {start: '22:00', end: '07:00'}\nboard: {lamps: {brightness_percent: 10}}\n",
        BOT + "board: {button: {on_press: mute}, hook_switch: {pin: 5}}\n",
        BOT + "board: {button: {on_press: push_to_talk}, hook_switch: {pin: 5}}\n",
        BOT + "board: {button: {on_press: mute}}\nmqtt: {host: h, allow_remote_connect: true}\n",
        BOT + "board: {button: {on_press: push_to_talk, on_double_press: hang_up}}\n",
        BOT + "board: {button: {double_press_ms: 0, hold_ms: 200}}\n",
        TWO + "board: {button: {on_hold: next_bot}}\n",
        'bot: {start_url: http://b/start, dial_digit: "1"}\nboard: {rotary_dial: {pulse_pin: 6}}\n',
        "bot: {start_url: https://b/start, tls: {ca_file: /dev/null}, ice_servers: [{urls: 'stun:s'}]}\n",
        "bot: {start_url: http://b/start, ice_servers: [{urls: 'turns:h', username: u, credential: {env: PATH}}]}\n",
        BOT + "chimes: {enabled: false}\n",
        BOT + "chimes: {handset: true, speech: de}\n",
        BOT + "panel: {enabled: false, token: {env: PATH}}\n",
        BOT + "panel: {enabled: true, token: {env: PATH}}\nalarm: {allow_alarm: true}\n",
        BOT + "mqtt: {host: h, port: 1884, tls: {}}\nring: {allow_ring: true}\nannounce: {allow_announce: true}\n",
        BOT + "announce: {allow_announce: false, max_s: 30, quiet_hours: high}\nring: {quiet_hours: lamp}\n",
        BOT + "announce: {voice: de}\nmqtt: {host: h, homeassistant: null}\n",
        "bot: {start_url: http://b/start, headers: {Authorization: {env: PATH, prefix: 'Bearer '}}}\n",
        "bot: {start_url: http://b/start, headers: {X-Key: {env: PATH, prefix: k}}}\n",
        BOT + "panel: {}\nwake: {enabled: false, group: null}\ndevice: {name: The \u201cred\u201d box}\n",
        BOT
        + "mqtt: {host: h, tls: {cert_file: /dev/null, key_file: /dev/null, ca_file: /dev/null}, username: u, password: {env: PATH}}\n",
    ],
)
def test_settings_that_go_together_give_no_warning(check, text):
    message, code = check(text)
    assert "warning" not in message
    assert not code


def test_a_digit_of_the_only_bot_is_dialled(tmp_path):
    from callbox.app.compose import telephone_config
    from callbox.config import load

    file = tmp_path / "callbox.yaml"
    file.write_text('bot: {start_url: http://b/start, dial_digit: "7"}\nboard: {rotary_dial: {pulse_pin: 6}}\n')
    assert telephone_config(load(file).settings).digits == {"7": "bot"}
