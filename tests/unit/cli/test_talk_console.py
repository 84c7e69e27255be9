import asyncio

from tests.rig.fake_session import Transport

from callbox.audio.media import BoardMedia
from callbox.cli.commands.talk import Console
from callbox.rtvi import RTVIClient
from callbox_device.simulated import SimulatedMicrophone, SimulatedSpeaker


async def test_a_loudspeaker_that_goes_in_a_call_is_printed(capsys):
    speaker = SimulatedSpeaker()
    client = RTVIClient(Transport, BoardMedia(SimulatedMicrophone(), speaker))
    Console(client)
    await client.init_devices()
    speaker.unplug()
    printed = ""
    async with asyncio.timeout(60):
        while "error: " not in printed:
            await asyncio.sleep(0.01)
            printed += capsys.readouterr().out
    await client.disconnect()
