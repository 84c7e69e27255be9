"""Everything that touches private parts of aiortc and aioice; `compat` checks them."""
