"""Patches of private parts of aiortc and aioice; `compat` checks them."""
