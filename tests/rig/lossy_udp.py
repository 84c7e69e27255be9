"""The radio of one process: loses packets of sound below SRTP, the same ones for the same seed."""

import time
from typing import Any, Self

import aioice.ice
from tests.rig.packet_hooks import FastPathHooks

from callbox.probe.model.network_impairment import NetworkImpairment, is_rtp, packet_impairments


class LossyUdp:
    """``with LossyUdp(out=NetworkImpairment(0.03)) as radio``: what any ICE connection of this process sends, or gets (`into`).

    `fair` True: nothing is lost for the moment, and the settings stands still.
    """

    def __init__(
        self, out: NetworkImpairment | None = None, into: NetworkImpairment | None = None, seed: int = 0
    ) -> None:
        self._out, self._into = (
            packet_impairments(out or NetworkImpairment(), f"{seed}/out"),
            packet_impairments(into or NetworkImpairment(), f"{seed}/into"),
        )
        self._wires = FastPathHooks(self._gives, lambda _, data: self._takes(self._into, data))
        self.fair = False
        self.sent = 0
        """Packets of sound that were given to the radio, copies too."""
        self.lost = 0
        self.first_sent_s: dict[int, float] = {}
        """When the first packet of each RTP timestamp was given to it."""

    def _takes(self, settings: Any, data: bytes) -> bool:
        return self.fair or not is_rtp(data) or bool(next(settings).extra_ms)

    def _gives(self, _: object, data: bytes) -> bool:
        if is_rtp(data):
            self.sent += 1
            self.first_sent_s.setdefault(int.from_bytes(data[4:8]), time.monotonic())
        given = self._takes(self._out, data)
        self.lost += not given
        return given

    def __enter__(self) -> Self:
        protocol: Any = aioice.ice.StunProtocol
        self._real = protocol.datagram_received, protocol.send_data
        received, send_data = self._real
        radio = self

        def datagram_received(self, data, addr):
            if radio._takes(radio._into, data):
                received(self, data, addr)

        async def lossy_send_data(self, data, addr):
            if radio._gives(self, data):
                await send_data(self, data, addr)

        protocol.datagram_received, protocol.send_data = datagram_received, lossy_send_data
        self._wires.install()
        return self

    def __exit__(self, *_: object) -> None:
        protocol: Any = aioice.ice.StunProtocol
        protocol.datagram_received, protocol.send_data = self._real
        self._wires.remove()
