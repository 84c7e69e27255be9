"""What a broker does, by features that boxes, `callbox watch` and Home Assistant rest on: measured with paho clients."""

import contextlib
import queue
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, Self, cast

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions
from tests.rig.mosquitto import disconnect

Protocol = Literal["3.1.1", "5"]
ANSWER_S = 20.0
"""For what comes."""
SILENCE_S = 1.5
"""Without a message after a message that was sent later has come: it doesn't come."""


@dataclass(frozen=True, slots=True)
class Message:
    """A PUBLISH as it came."""

    topic: str
    payload: bytes
    retained: bool
    user_properties: tuple[tuple[str, str], ...] = ()


class Client:
    """A connected client, with the messages and reason codes that came."""

    def __init__(self, port: int, protocol: Protocol, name: str = "", **options: Any) -> None:
        self.protocol, self.below = protocol, options.get("below", "")
        self.messages: queue.Queue[Message] = queue.Queue()
        self.ended: queue.Queue[str] = queue.Queue()
        self._answers: queue.Queue[Any] = queue.Queue()
        properties: Any = None
        arguments: dict[str, Any] = {}
        if protocol == "5":
            properties = Properties(PacketTypes.CONNECT)
            for key, value in options.get("properties", {}).items():
                setattr(properties, key, value)
            arguments = {"clean_start": options.get("clean", True), "properties": properties}
        self.paho = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=name or f"client-{uuid.uuid4().hex[:8]}",
            protocol=paho.MQTTv5 if protocol == "5" else paho.MQTTv311,
            clean_session=None if protocol == "5" else options.get("clean", True),
            reconnect_on_failure=False,
        )
        if login := options.get("login"):
            self.paho.username_pw_set(*login)
        if ca_file := options.get("ca_file"):
            self.paho.tls_set(ca_file)
        self.paho.on_connect = lambda _, __, flags, reason, answer: self._answers.put((flags, reason, answer))
        self.paho.on_subscribe = lambda _, __, ___, reasons, ____: self._answers.put(reasons)
        self.paho.on_disconnect = lambda _, __, ___, reason, ____: self.ended.put(str(reason))
        self.paho.on_message = self._on_message
        if will := options.get("will"):
            topic, payload, boot = will
            will_properties: Any = None
            if protocol == "5" and boot:
                will_properties = Properties(PacketTypes.WILLMESSAGE)
                will_properties.UserProperty = [("boot", boot)]
            self.paho.will_set(topic, payload, 1, retain=True, properties=will_properties)
        self.paho.connect("127.0.0.1", port, options.get("keep_alive_s", 60), **arguments)
        self.paho.loop_start()
        self.flags, self.reason, self.connack = self._answers.get(timeout=ANSWER_S)
        if self.reason.is_failure:
            raise ConnectionError(str(self.reason))

    def _on_message(self, _: object, __: object, message: Any) -> None:
        if self.below not in message.topic and not message.topic.startswith("$"):
            return  # amqtt delivers what others are subscribed to
        user = tuple(getattr(message.properties, "UserProperty", None) or ())
        self.messages.put(Message(message.topic, bytes(message.payload), message.retain, user))

    def subscribe(self, pattern: str, **options: Any) -> str:
        """Subscribe with QoS 1; what SUBACK says."""
        if options:
            self.paho.subscribe(pattern, options=SubscribeOptions(qos=1, **options))
        else:
            self.paho.subscribe(pattern, 1)
        return str(self._answers.get(timeout=ANSWER_S)[0])

    def publish(self, topic: str, payload: str, *, retained: bool = False, qos: int = 1, **properties: Any) -> None:
        """Publish; return at PUBACK. Raises if there is none."""
        with_them: Any = None
        if properties and self.protocol == "5":
            with_them = Properties(PacketTypes.PUBLISH)
            for key, value in properties.items():
                setattr(with_them, key, value)
        message = self.paho.publish(topic, payload, qos, retain=retained, properties=with_them)
        message.wait_for_publish(ANSWER_S)
        if not message.is_published():
            raise ConnectionError("no PUBACK")

    def next(self, within_s: float = ANSWER_S) -> Message | None:
        """The next message; None: none within `within_s`."""
        with contextlib.suppress(queue.Empty):
            return self.messages.get(timeout=within_s)
        return None

    def silence(self, shut: bool = False) -> None:
        """Send nothing more, as without power; `shut`: the connection is lost too."""
        self.paho.loop_stop()
        if shut and (connected := self.paho.socket()):
            with contextlib.suppress(OSError):  # it has ended
                cast("socket.socket", connected).shutdown(socket.SHUT_RDWR)  # paho's type for it has less

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        disconnect(self.paho)


class Measurement:
    """One broker and one version of MQTT; each method measures a feature by clients and topics of its own."""

    def __init__(self, port: int, protocol: Protocol) -> None:
        self.port, self.protocol = port, protocol
        self.base = f"callbox/{uuid.uuid4().hex[:8]}"

    def client(self, name: str = "", **options: Any) -> Client:
        """A new connection."""
        return Client(self.port, self.protocol, name, below=self.base, **options)

    def come(self, subscriber: Client, publisher: Client, fence_topic: str) -> list[Message]:
        """What `subscriber` has got when a later message of `publisher` has come, and `SILENCE_S` after it."""
        publisher.publish(fence_topic, "fence")
        messages, fenced = [], False
        while message := subscriber.next(SILENCE_S if fenced else ANSWER_S):
            if message.payload == b"fence":
                fenced = True
            else:
                messages.append(message)
        return messages

    def retained(self, pattern: str) -> str:
        """Whether a new subscription to `pattern` gets what is retained."""
        with self.client() as publisher, self.client() as subscriber:
            publisher.publish(f"{self.base}/status", "online", retained=True)
            subscriber.subscribe(f"{self.base}/fence")
            subscriber.subscribe(pattern.format(base=self.base, parent="callbox", name=self.base.split("/")[1]))
            messages = self.come(subscriber, publisher, f"{self.base}/fence")
            return _yes(any(message.payload == b"online" and message.retained for message in messages))

    def removed(self) -> str:
        """Whether an empty retained message removes it."""
        with self.client() as publisher, self.client() as subscriber:
            publisher.publish(f"{self.base}/status", "online", retained=True)
            publisher.publish(f"{self.base}/status", "", retained=True)
            subscriber.subscribe(f"{self.base}/fence")
            subscriber.subscribe(f"{self.base}/status")
            return _yes(not self.come(subscriber, publisher, f"{self.base}/fence"))

    def live_flag(self) -> str:
        """Whether a message comes with RETAIN 0 to an established subscription."""
        with self.client() as publisher, self.client() as subscriber:
            subscriber.subscribe(f"{self.base}/status")
            publisher.publish(f"{self.base}/status", "online", retained=True)
            message = subscriber.next()
            return _yes(message is not None and not message.retained)

    def will(self, how: Literal["lost", "silent", "displaced"]) -> str:
        """Whether a will comes, and is retained, when a connection is lost, falls silent, or is taken over."""
        with self.client() as watcher:
            watcher.subscribe(f"{self.base}/status")
            box = self.client("callbox-box", will=(f"{self.base}/status", "offline", ""), keep_alive_s=2)
            with contextlib.ExitStack() as stack:
                if how == "displaced":
                    stack.enter_context(self.client("callbox-box"))
                    within_s = 3.0
                else:
                    box.silence(shut=how == "lost")
                    within_s = ANSWER_S
                came = watcher.next(within_s) is not None
            box.silence(shut=True)
            return _yes(came)

    def takeover(self) -> str:
        """Whether the first of two clients with one identifier is disconnected."""
        with self.client("callbox-twin") as first, self.client("callbox-twin"):
            try:
                first.ended.get(timeout=5)
            except queue.Empty:
                return "no"
        return "yes"

    def dollar_topics(self) -> str:
        """Whether ``#`` leaves topics with ``$`` out."""
        with self.client() as publisher, self.client() as subscriber:
            subscriber.subscribe("#")
            with contextlib.suppress(ConnectionError):
                publisher.publish("$callbox/state", "dollar", qos=0)
            messages = self.come(subscriber, publisher, f"{self.base}/fence")
            return _yes(not any(message.topic.startswith("$") for message in messages))

    def sys_version(self) -> str:
        """Whether ``$SYS/broker/version`` tells something."""
        with self.client() as subscriber:
            subscriber.subscribe("$SYS/broker/version")
            return _yes(subscriber.next(3) is not None)

    def topic_kept(self, level: str) -> str:
        """Whether a topic with `level` comes as it was sent."""
        with self.client() as publisher, self.client() as subscriber:
            subscriber.subscribe(f"{self.base}/#")
            topic = f"{self.base}/{level}/state"
            publisher.publish(topic, "x")
            message = subscriber.next()
            return _yes(message is not None and message.topic == topic)

    def wildcard(self) -> str:
        """Whether ``+`` and ``#`` match as they should, and nothing else."""
        with self.client() as publisher, self.client() as subscriber:
            subscriber.subscribe(f"{self.base}/+/set")
            subscriber.subscribe(f"{self.base}/request/#")
            for topic in ("mute/set", "a/b/set", "request", "request/mute", "requests", "set"):
                publisher.publish(f"{self.base}/{topic}", topic)
            subscriber.subscribe(f"{self.base}/fence")
            messages = self.come(subscriber, publisher, f"{self.base}/fence")
            return _yes(
                sorted(message.payload.decode() for message in messages) == ["mute/set", "request", "request/mute"]
            )

    def shared(self) -> str:
        """Whether two clients of a shared subscription get each message once, and both get some."""
        with self.client() as publisher, self.client() as one, self.client() as two:
            for subscriber in (one, two):
                if _failed(answer := subscriber.subscribe(f"$share/exporters/{self.base}/+")):
                    return f"no: {answer}"
            sent = [str(number) for number in range(20)]
            for payload in sent:
                publisher.publish(f"{self.base}/state", payload)
            got = []
            for subscriber in (one, two):
                mine = []
                while message := subscriber.next(SILENCE_S):
                    mine.append(message.payload.decode())
                got.append(mine)
            if not got[0] and not got[1]:
                return "no: nothing comes"
            if sorted(got[0] + got[1], key=int) != sent:
                return f"no: {len(got[0])} and {len(got[1])} of {len(sent)} come"
            return "yes" if all(got) else "yes: all to one"

    def session(self) -> str:
        """Whether a message of QoS 1 waits for a client with a session that is away."""
        options = {"clean": False, "properties": {"SessionExpiryInterval": 60}}
        with self.client() as publisher:
            with self.client("callbox-session", **options) as away:
                away.subscribe(f"{self.base}/request")
            publisher.publish(f"{self.base}/request", "x")
            with self.client("callbox-session", **options) as back:
                return _yes(back.next(3) is not None)

    def session_expiry(self) -> str:
        """Whether a session is there within its Session Expiry Interval, and not after it."""
        present = []
        for pause_s in (0.0, 4.0):
            name = f"callbox-expiry-{pause_s:g}"
            options = {"clean": False, "properties": {"SessionExpiryInterval": 2}}
            with self.client(name, **options) as client:
                client.subscribe(f"{self.base}/request")
            time.sleep(pause_s)
            with self.client(name, **options) as client:
                present.append(client.flags.session_present)
        return "yes" if present == [True, False] else "no: " + ("never kept" if not present[0] else "never ends")

    def message_expiry(self) -> str:
        """Whether a message whose Message Expiry Interval is over isn't delivered."""
        options = {"clean": False, "properties": {"SessionExpiryInterval": 60}}
        with self.client() as publisher:
            with self.client("callbox-late", **options) as away:
                away.subscribe(f"{self.base}/request")
            publisher.publish(f"{self.base}/request", "short", MessageExpiryInterval=1)
            publisher.publish(f"{self.base}/request", "long", MessageExpiryInterval=60)
            time.sleep(3)
            with self.client("callbox-late", **options) as back:
                came = []
                while message := back.next(3):
                    came.append(message.payload)
        return "yes" if came == [b"long"] else "no: " + (b", ".join(came).decode() or "nothing") + " comes"

    def max_packet(self) -> str:
        """Whether a message above the client's Maximum Packet Size isn't sent to it, and the next one is."""
        with self.client() as publisher, self.client(properties={"MaximumPacketSize": 500}) as subscriber:
            subscriber.subscribe(f"{self.base}/announce")
            publisher.publish(f"{self.base}/announce", "x" * 2000)
            publisher.publish(f"{self.base}/announce", "short")
            message = subscriber.next(5)
            if message is None:
                return "no: the connection ends" if not subscriber.ended.empty() else "no: nothing comes"
            return "yes" if message.payload == b"short" else "no: it is sent"

    def user_properties(self) -> str:
        """Whether the user property of a will comes to a subscriber."""
        with self.client() as watcher:
            watcher.subscribe(f"{self.base}/status")
            self.client(will=(f"{self.base}/status", "offline", "9d2f41aa")).silence(shut=True)
            message = watcher.next()
            return _yes(message is not None and message.user_properties == (("boot", "9d2f41aa"),))


def _yes(answer: bool) -> str:
    return "yes" if answer else "no"


def _failed(answer: str) -> bool:
    return not answer.startswith("Granted")


BOTH: dict[str, Callable[[Measurement], str]] = {
    "retained message, subscription without wildcards": lambda m: m.retained("{base}/status"),
    "retained message, `+`": lambda m: m.retained("{parent}/{name}/+"),
    "retained message, `#`": lambda m: m.retained("{base}/#"),
    "empty retained message removes it": Measurement.removed,
    "RETAIN 0 for a subscriber that is there": Measurement.live_flag,
    "wildcards match as MQTT says": Measurement.wildcard,
    "last will: connection lost": lambda m: m.will("lost"),
    "last will: box without power (keep alive)": lambda m: m.will("silent"),
    "last will: client taken over": lambda m: m.will("displaced"),
    "takeover: the first of two with one id is disconnected": Measurement.takeover,
    "`#` leaves `$` topics out": Measurement.dollar_topics,
    "`$SYS/broker/version`": Measurement.sys_version,
    "a dot in a topic stays a dot": lambda m: m.topic_kept("plug-192.0.2.7"),
    "session: QoS 1 waits for a client that is away": Measurement.session,
    "shared subscription": Measurement.shared,
}
"""Measured with both versions."""
ONLY_5: dict[str, Callable[[Measurement], str]] = {
    "session ends after its Session Expiry Interval": Measurement.session_expiry,
    "message ends after its Message Expiry Interval": Measurement.message_expiry,
    "the client's Maximum Packet Size is kept": Measurement.max_packet,
    "user property of a last will": Measurement.user_properties,
}
"""Measured with MQTT 5."""


def measure(port: int, protocol: Protocol) -> Iterator[tuple[str, str]]:
    """Each feature of `protocol`, with "yes" or "no" and more words; one row if CONNECT is refused."""
    try:
        with Client(port, protocol):
            pass
    except (ConnectionError, queue.Empty) as error:
        yield "CONNECT", f"no: {error}" if str(error) else "no: no CONNACK"
        return
    yield "CONNECT", "yes"
    for name, feature in (BOTH | (ONLY_5 if protocol == "5" else {})).items():
        try:
            yield name, feature(Measurement(port, protocol))
        except (ConnectionError, queue.Empty, OSError, RuntimeError, ValueError) as error:
            yield name, f"no: {str(error) or type(error).__name__}"
