"""The WebSocket transport of Pipecat: TCP only, for networks that let no UDP through."""

from callbox.transports.websocket.transport import WebSocketTransport

__all__ = ["WebSocketTransport"]
