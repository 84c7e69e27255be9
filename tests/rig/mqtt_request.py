"""Ask a box over MQTT, and print its answer: ``python -m tests.rig.mqtt_request PORT BOX COMMAND``."""

import sys
import threading

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion


def main(port: str, box: str, command: str) -> None:
    answered = threading.Event()
    client = Client(CallbackAPIVersion.VERSION2)

    def on_connect(*_: object) -> None:
        client.subscribe(f"callbox/{box}/response/{command}", 1)

    def on_subscribe(*_: object) -> None:
        client.publish(f"callbox/{box}/request/{command}", '{"transaction": "asked"}', 1)

    def on_message(_: object, __: object, message: MQTTMessage) -> None:
        print(message.payload.decode(), flush=True)
        answered.set()

    client.on_connect, client.on_subscribe, client.on_message = on_connect, on_subscribe, on_message
    client.connect("127.0.0.1", int(port))
    client.loop_start()
    sys.exit(0 if answered.wait(150) else "no answer")


if __name__ == "__main__":
    main(*sys.argv[1:])
