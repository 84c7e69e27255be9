"""paho client with bounded memory for an incoming packet, that can be stopped at any time.

Imported late: a box without a broker doesn't pay for it.
"""

import paho.mqtt.client as paho
from paho.mqtt.enums import MQTTErrorCode

_CHUNK_BYTES = 16 * 1024
_CHUNKS_PER_CALL = 100
"""paho's own limit for one call: keep-alive goes on meanwhile."""


class BoundedClient(paho.Client):
    """MQTT client that keeps the first `max_packet_bytes` of a longer packet, reads the rest from the socket and drops
    it.

    Closing the connection instead would not help: a retained message comes again after each subscription. The callback
    gets the message with its payload cut. With MQTT 5 the broker is told the limit too (Maximum Packet Size), and
    sends none that is longer. Overrides two private methods of paho 2.1 to 2.2; tests/unit/mqtt/test_bounded_client.py
    sends it such packets.
    """

    max_packet_bytes: int
    """Of an incoming packet; `new_client` sets it."""

    def loop_stop(self) -> MQTTErrorCode:
        """As paho's, which raises when the thread of an ended connection ends between two of its looks at it."""
        try:
            return super().loop_stop()
        except AttributeError:
            return MQTTErrorCode.MQTT_ERR_INVAL  # no thread

    def _sock_recv(self, bufsize: int) -> bytes:
        if bufsize > self.max_packet_bytes:  # the body; paho returns to its loop, and calls `_packet_read` again
            raise BlockingIOError
        return super()._sock_recv(bufsize)

    def _packet_read(self) -> MQTTErrorCode:
        packet = self._in_packet
        if packet["have_remaining"] and packet["remaining_length"] > self.max_packet_bytes:
            for _ in range(_CHUNKS_PER_CALL):
                if not packet["to_process"]:
                    return super()._packet_read()  # all is read: decodes what was kept
                try:
                    data = super()._sock_recv(min(packet["to_process"], _CHUNK_BYTES))
                except BlockingIOError:
                    return MQTTErrorCode.MQTT_ERR_AGAIN
                except OSError:
                    return MQTTErrorCode.MQTT_ERR_CONN_LOST
                if not data:
                    return MQTTErrorCode.MQTT_ERR_CONN_LOST
                packet["to_process"] -= len(data)
                packet["packet"] += data[: self.max_packet_bytes - len(packet["packet"])]
                with self._msgtime_mutex:
                    self._last_bytes_received = paho.time_func()
            return MQTTErrorCode.MQTT_ERR_AGAIN
        return super()._packet_read()
