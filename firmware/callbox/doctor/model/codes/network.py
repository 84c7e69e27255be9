"""Codes of broker, bot, standby, STUN and DTLS."""

from callbox.doctor.model.codes.code import Code, Severity

_FAILURE, _WARNING, _ = Severity
_RESOLVE = "`getent hosts NAME` must print an address; or put the number of the address into the settings."


def _doors(prefix: str, check: str, what: str, key: str) -> tuple[Code, ...]:
    """The steps to any server."""
    return (
        Code(f"{prefix}-NAME", check, _FAILURE, f"The name of the {what} leads to no address.", _RESOLVE),
        Code(
            f"{prefix}-DNS",
            check,
            _FAILURE,
            f"DNS does not answer for the name of the {what}, which was never asked.",
            "Is the network up? `resolvectl status` or /etc/resolv.conf names the DNS server; `ping` it.",
        ),
        Code(
            f"{prefix}-REFUSED-TCP",
            check,
            _FAILURE,
            "The machine is there, and says that no program listens for other machines at this port.",
            f"Start the {what}, or correct the port in `{key}`."
            + (
                ""
                if prefix == "MQTT"
                else " A Pipecat bot listens on localhost only unless it is started with `--host 0.0.0.0`: "
                "`python bot.py -t webrtc --host 0.0.0.0`."
            ),
        ),
        Code(
            f"{prefix}-NO-ROUTE",
            check,
            _FAILURE,
            f"The machine of the {what} does not answer: it is off, or in another network, or behind a firewall.",
            f"`ping` it; if it answers, let its firewall pass the port; if not, correct the address in `{key}`.",
        ),
        Code(
            f"{prefix}-TLS-UNTRUSTED",
            check,
            _FAILURE,
            f"The certificate of the {what} is not vouched for, or is for another name, or out of date.",
            "If the `clock` check is good: `mqtt.tls.ca_file` for a broker with a CA of its own."
            if prefix == "MQTT"
            else "If the `clock` check is good: set `bot.tls.ca_file` for a CA of its own, or add that to the system's "
            "store (`update-ca-certificates`); a certificate for another name or out of date is the server's to renew.",
        ),
        Code(
            f"{prefix}-TLS-FAILED",
            check,
            _FAILURE,
            "What listens at this port doesn't speak TLS.",
            "Take `mqtt.tls` away, or use the broker's TLS port (mostly 8883)."
            if prefix == "MQTT"
            else "Write http:// in place of https://, or use the server's TLS port (mostly 443).",
        ),
    )


NETWORK = (
    *_doors("MQTT", "mqtt", "broker", "mqtt"),
    Code(
        "MQTT-CA-FILE",
        "mqtt",
        _FAILURE,
        "The file in `mqtt.tls.ca_file` can't be read, or holds no certificate.",
        "Copy the CA's certificate (PEM) there, readable by everybody: `chmod 644`.",
    ),
    Code(
        "MQTT-CERT-FILE",
        "mqtt",
        _FAILURE,
        "The files in `mqtt.tls.cert_file` and `mqtt.tls.key_file` can't be read, or are no certificate and its key.",
        "Copy both (PEM, the key without a password) there, readable by the service alone.",
    ),
    Code(
        "MQTT-NO-BROKER",
        "mqtt",
        _FAILURE,
        "Something listens there, and doesn't greet back as a broker does.",
        "If it is the broker's TLS port, add `tls: {}` to `mqtt:`; if not, correct `mqtt.port`.",
    ),
    Code(
        "MQTT-REFUSED",
        "mqtt",
        _FAILURE,
        "The broker doesn't let this user in.",
        "Compare `mqtt.username` and the password with the broker's; its log says who was refused.",
    ),
    Code(
        "MQTT-PROTOCOL",
        "mqtt",
        _FAILURE,
        "The broker doesn't speak the version of MQTT in `mqtt.protocol`.",
        "Set `mqtt.protocol` to the version that it speaks; `protocol: 3.1.1` is the default.",
    ),
    Code(
        "MQTT-NO-PUBLISH",
        "mqtt",
        _FAILURE,
        "The broker lets this user in, but not write below its own topic.",
        "Allow it in the broker's ACL: `topic readwrite PREFIX/DEVICE-ID/#`.",
    ),
    Code(
        "MQTT-NO-READ",
        "mqtt",
        _WARNING,
        "This user may write, but not read below its own topic: a late last will isn't put right.",
        "Allow it in the broker's ACL: `topic readwrite PREFIX/DEVICE-ID/#`.",
    ),
    Code(
        "MQTT-NO-WILL",
        "mqtt",
        _FAILURE,
        "A client that vanished was not declared dead: subscribers would not learn that the box is gone.",
        "Allow the topic of the will in the broker's ACL: `topic readwrite PREFIX/DEVICE-ID/#`.",
    ),
    Code(
        "MQTT-NO-KEEP-ALIVE",
        "mqtt",
        _WARNING,
        "The broker doesn't end the connection of a client that has fallen silent: `status` stays `online` when the "
        "box loses its power.",
        "Take another broker, such as Mosquitto; amqtt does so.",
    ),
    Code(
        "MQTT-NO-RETAINED",
        "mqtt",
        _WARNING,
        "A new subscription with a wildcard gets no retained message: Home Assistant and `callbox watch`, started "
        "after the box, find it when it reports anew, and so do boxes of a `wake.group` each other.",
        "RabbitMQ does so: take another broker, such as Mosquitto, if that matters. With another broker: allow the "
        "box to read `PREFIX/DEVICE-ID/#`, and retained messages.",
    ),
    Code(
        "MQTT-NO-DISCOVERY",
        "mqtt",
        _WARNING,
        "The discovery message doesn't get through, so Home Assistant doesn't show the box.",
        "Allow it in the broker's ACL: `topic readwrite homeassistant/device/+/config`; if it is too large, set "
        "`max_packet_size` and `message_size_limit` there above the bytes that are named. Without Home Assistant: "
        "`mqtt: {homeassistant: null}`.",
    ),
    Code(
        "MQTT-RECONNECTS",
        "mqtt",
        _WARNING,
        "The box connects with the broker again and again: another box has the same id, or the network is bad.",
        "Give each box a `device.id` of its own; if there is only one: `iw dev wlan0 link` shows signal and rate.",
    ),
    Code(
        "MQTT-SLOW",
        "mqtt",
        _WARNING,
        "A message takes long to the broker and back.",
        "Look at the Wi-Fi first: `iw dev wlan0 link` shows signal and rate.",
    ),
    *_doors("BOT", "bot", "bot's server", "bot.start_url"),
    Code(
        "BOT-PROXY",
        "bot",
        _FAILURE,
        "A proxy that the environment names gives no way to the bot's server.",
        "Correct the variable that is named above, or add the bot's host to `NO_PROXY`: `systemctl edit callbox`.",
    ),
    Code(
        "BOT-NOT-FOUND",
        "bot",
        _FAILURE,
        "The server is there, and knows no such address (404).",
        "Correct the path of `bot.start_url` (Pipecat: /start) or `bot.offer_url` (Pipecat: /api/offer).",
    ),
    Code(
        "BOT-KEY",
        "bot",
        _FAILURE,
        "The server refuses the key (401 or 403).",
        "Put the right key where `bot.headers` refers to; Pipecat Cloud wants `Bearer ` before its public key.",
    ),
    Code(
        "BOT-REFUSED",
        "bot",
        _FAILURE,
        "The server refuses the request.",
        "Compare `bot.request_data` with what this server wants; its answer is above.",
    ),
    Code(
        "BOT-SERVER-ERROR",
        "bot",
        _FAILURE,
        "The server has a problem of its own (5xx).",
        "Read the log of the bot's server.",
    ),
    Code(
        "BOT-NOT-JSON",
        "bot",
        _FAILURE,
        "What answers is no bot: a web page, or a router's log-in.",
        "Open the address in a browser on this network; correct `bot.start_url`.",
    ),
    Code(
        "BOT-SILENT",
        "bot",
        _FAILURE,
        "The server took the request, and did not answer in time.",
        "Read the log of the bot's server; a hosted bot that must be woken wants more `bot.deadlines.start_s`.",
    ),
    Code(
        "BOT-NO-SESSION",
        "bot",
        _FAILURE,
        "The server started something, but nothing that `bot.transport` can talk to.",
        "Start the bot for this transport (Pipecat: `-t webrtc`), or set `bot.transport` to the bot's.",
    ),
    Code(
        "BOT-NO-MEDIA",
        "bot",
        _FAILURE,
        "The server answered, but no connection for sound came up: a firewall, or two networks.",
        "Let UDP pass between this box and the bot, or set `bot.transport: websocket`.",
    ),
    Code(
        "BOT-SLOW",
        "bot",
        _WARNING,
        "From the press to the bot takes long.",
        "Look at the slowest step above: name and TCP are the network's, start is the server's.",
    ),
    Code(
        "STANDBY-IDLE",
        "standby",
        _WARNING,
        "A connection to the bot's server is lost without a sign while it is idle: a NAT, firewall or VPN forgets it.",
        "The box notices at a press within 1 s, and connects anew. To save that second, let the router keep idle TCP "
        "connections longer (RFC 5382: 2 h), or set `bot.standby: cold`.",
    ),
    Code(
        "STUN-NAME",
        "stun",
        _FAILURE,
        "The name of a STUN server leads to no address: each call waits for it.",
        "Correct `bot.ice_servers`, or take it away: on one network none is needed.",
    ),
    Code(
        "STUN-SILENT",
        "stun",
        _WARNING,
        "A STUN server doesn't answer to one of this box's addresses: an unprepared call waits 1 s for it.",
        "Take the server out of `bot.ice_servers`, or the interface down if nothing needs it.",
    ),
    Code(
        "STUN-SLOW",
        "stun",
        _WARNING,
        "A STUN server answers late, and each call waits for it.",
        "Name a nearer server in `bot.ice_servers`, or none: on one network none is needed.",
    ),
    Code(
        "TURN-FAILED",
        "stun",
        _FAILURE,
        "A TURN server gives no relayed candidate: where nothing else passes, no call comes up.",
        "Correct the server's address, `username` or `credential` in `bot.ice_servers`, or its certificate.",
    ),
    Code(
        "DTLS-BLOCKED",
        "dtls",
        _FAILURE,
        "No encrypted connection comes up even within this machine: something in its sandbox forbids it.",
        "Take `MemoryDenyWriteExecute=` out of the service's unit and its drop-ins (`systemctl cat callbox`).",
    ),
    Code(
        "DTLS-SLOW",
        "dtls",
        _WARNING,
        "The handshake took long within this machine: it is busy, or throttled.",
        "`top` says what is busy; the `power` check, whether it is throttled.",
    ),
)
