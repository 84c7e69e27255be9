"""Microphone and loudspeaker of this machine, through ALSA, as the devices of an RTVI client."""

from typing import get_args

from callbox.audio.echo.selection import EchoMode
from callbox.audio.media import AudioConfig, BoardMedia
from callbox.rtvi.arguments import check_type
from callbox.rtvi.errors import RTVIError
from callbox_device.alsa.devices import AlsaMicrophone, AlsaSpeaker
from callbox_device.interfaces import Speaker


def alsa_media(
    microphone: str = "default",
    speaker: str | Speaker = "default",
    *,
    echo: EchoMode = "auto",
    noise_suppression: bool = True,
    gain_control: bool = True,
) -> BoardMedia:
    """Media of two PCMs by their ALSA names (`aplay -L`); a desktop's ``default`` is PipeWire's or PulseAudio's device.

    Any rate and any number of channels; the bot hears one channel. `speaker`: also another loudspeaker of
    `callbox_device`. `echo`: as the setting `sound.echo`: ``auto`` cancels what the loudspeaker plays, where the extra
    `echo` is installed, and mutes the microphone while the bot speaks where it isn't; ``off``: for a headset.
    `noise_suppression`, `gain_control`: only with that extra. Opens nothing: a card that isn't there, or is in use, is
    a `DeviceError` of `connect()` or `init_devices()`. Raises `EchoExtraMissing` for ``cancel`` without the extra,
    `RTVIError` for what is no name, and for another `echo`.
    Call it in the running event loop.
    """
    expected = "alsa_media() takes PCMs by their ALSA names, such as 'plughw:CARD=Headset'"
    check_type(microphone, str, expected)
    check_type(speaker, str | Speaker, expected)
    if echo not in get_args(EchoMode):
        raise RTVIError(f"echo takes one of {', '.join(get_args(EchoMode))}, not {echo!r}.")
    config = AudioConfig(echo=echo, noise_suppression=noise_suppression, gain_control=gain_control)
    output = AlsaSpeaker(speaker) if isinstance(speaker, str) else speaker
    return BoardMedia(AlsaMicrophone(microphone), output, processing=config)
