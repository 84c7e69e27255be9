"""The SmallWebRTC transport of Pipecat, over aiortc."""

from callbox.transports.small_webrtc.transport import SmallWebRTCTransport

__all__ = ["SmallWebRTCTransport"]
