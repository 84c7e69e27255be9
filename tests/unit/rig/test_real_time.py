import asyncio
import gc
import socket
import warnings

import pytest
from tests.rig.real_time import RealTimeLoop


@pytest.mark.parametrize("iterations", range(5))
def test_a_connection_that_comes_while_its_server_closes_is_closed(iterations):
    async def connect_and_close():
        server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
        with socket.create_connection(server.sockets[0].getsockname()):
            for _ in range(iterations):
                await asyncio.sleep(0)
            server.close()

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with asyncio.Runner(loop_factory=RealTimeLoop) as runner:
            runner.run(connect_and_close())
        gc.collect()
    assert not [str(warning.message) for warning in caught]
