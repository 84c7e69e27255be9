import ctypes
import ctypes.util
from pathlib import Path

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbox.audio import opus
from callbox.audio.opus import OpusDecoder, OpusEncoder, OpusError, OpusMissing, duration_frames, has_fec
from callbox_device.model import pcm
from callbox_device.wav import read_wav

SPEECH = read_wav(Path(__file__).parents[3] / "firmware/callbox/assets/speech.wav")
PERIODS = [SPEECH[at : at + pcm.PERIOD_BYTES] for at in range(0, len(SPEECH) - pcm.PERIOD_BYTES, pcm.PERIOD_BYTES)]


def packets(loss_percent=0, **settings):
    encoder = OpusEncoder(**settings)
    encoder.expect_loss(loss_percent)
    return [encoder.encode(period) for period in PERIODS]


def rms(sound):
    return pcm.rms_dbfs(sound)


def difference_dbfs(one, other):
    return rms(pcm.audioop.add(one, pcm.audioop.mul(other, 2, -1), 2))


def pyav_packets(channels, frame_ms, **options):
    """What another encoder makes: PyAV's own libopus."""
    codec = av.CodecContext.create("libopus", "w")
    codec.sample_rate, codec.format, codec.layout = pcm.RATE_HZ, "s16", "stereo" if channels == 2 else "mono"
    codec.options = {"frame_duration": str(frame_ms), "application": "voip", **options}
    codec.open()
    frames = int(pcm.RATE_HZ * frame_ms / 1000)
    made = []
    for at in range(0, len(SPEECH) - frames * 2, frames * 2):
        piece = SPEECH[at : at + frames * 2]
        frame = av.AudioFrame("s16", codec.layout.name, frames)
        frame.sample_rate = pcm.RATE_HZ
        frame.planes[0].update(pcm.audioop.tostereo(piece, 2, 1, 1) if channels == 2 else piece)
        made += [bytes(packet) for packet in codec.encode(frame)]
    return made


def test_speech_comes_back_as_loud_as_it_went_in():
    decoder = OpusDecoder()
    sound = b"".join(decoder.decode(packet) for packet in packets())
    assert len(sound) == len(PERIODS) * pcm.PERIOD_BYTES
    assert rms(sound) == pytest.approx(rms(SPEECH), abs=1)


def test_the_bitrate_is_about_what_was_set():
    for bitrate_bps in (16_000, 32_000, 64_000):
        sent = sum(map(len, packets(bitrate_bps=bitrate_bps))) * 8 / (len(PERIODS) * pcm.PERIOD_MS / 1000)
        assert 0.5 * bitrate_bps < sent < 1.4 * bitrate_bps


def test_silence_need_not_be_sent_with_dtx():
    encoder = OpusEncoder(dtx=True)
    sizes = [len(encoder.encode(pcm.SILENT_PERIOD)) for _ in range(50)]
    assert sum(size <= 2 for size in sizes) > 30
    encoder = OpusEncoder()
    assert all(len(encoder.encode(pcm.SILENT_PERIOD)) > 2 for _ in range(50))


def test_a_packet_repeats_the_one_before_only_when_loss_is_expected():
    assert not any(map(has_fec, packets()))
    assert sum(map(has_fec, packets(loss_percent=10))) > len(PERIODS) / 2


def test_it_agrees_with_libopus_on_what_repeats():
    if not hasattr(opus.library(), "opus_packet_has_lbrr"):
        pytest.skip("libopus before 1.5")
    for payloads in (packets(10), pyav_packets(2, 60, fec="1", packet_loss="20", b="24000"), pyav_packets(1, 10)):
        assert [has_fec(payload) for payload in payloads] == [
            opus.library().opus_packet_has_lbrr(payload, ctypes.c_int32(len(payload))) == 1 for payload in payloads
        ]


def test_a_lost_packet_is_better_recovered_than_concealed():
    sent = packets(20)
    whole = OpusDecoder()
    original = [whole.decode(packet) for packet in sent]
    recovered_error: list[float] = []
    concealed_error: list[float] = []
    for lost in range(10, len(sent) - 1, 7):
        if not has_fec(sent[lost + 1]) or rms(original[lost]) < -40:
            continue
        for recover, errors in ((True, recovered_error), (False, concealed_error)):
            decoder = OpusDecoder()
            for packet in sent[:lost]:
                decoder.decode(packet)
            sound = (
                decoder.recover(sent[lost + 1], pcm.PERIOD_FRAMES) if recover else decoder.conceal(pcm.PERIOD_FRAMES)
            )
            assert len(sound) == pcm.PERIOD_BYTES
            errors.append(difference_dbfs(sound, original[lost]))
    assert len(recovered_error) > 5
    assert sum(recovered_error) / len(recovered_error) < sum(concealed_error) / len(concealed_error) - 3


@pytest.mark.parametrize("frame_ms", [2.5, 5, 10, 20, 40, 60])
@pytest.mark.parametrize("channels", [1, 2])
def test_packets_of_any_duration_and_stereo_come_out_as_mono(frame_ms, channels):
    decoder = OpusDecoder()
    sent = pyav_packets(channels, frame_ms)
    assert {duration_frames(packet) for packet in sent} == {int(48 * frame_ms)}
    sound = b"".join(decoder.decode(packet) for packet in sent)
    assert len(sound) == len(sent) * int(48 * frame_ms) * 2
    assert rms(sound) == pytest.approx(rms(SPEECH), abs=1.5)


@given(st.binary(max_size=1500))
def test_garbage_is_an_opus_error_or_sound_of_the_length_it_says(payload):
    has_fec(payload)
    try:
        sound = OpusDecoder().decode(payload)
    except OpusError:
        return
    assert len(sound) == duration_frames(payload) * 2


def test_what_cannot_be_encoded_is_an_error():
    with pytest.raises(OpusError, match="1920"):
        OpusEncoder().encode(b"\0" * 1918)
    with pytest.raises(OpusError):
        OpusEncoder(complexity=11)
    with pytest.raises(OpusError):
        OpusDecoder().conceal(100)


def test_a_reset_decoder_is_as_new():
    sent = packets()
    used, new = OpusDecoder(), OpusDecoder()
    for packet in sent[:30]:
        used.decode(packet)
    used.reset()
    assert used.decode(sent[40]) == new.decode(sent[40])


def test_without_any_libopus_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(opus, "_candidates", lambda: ["libopus-nowhere.so"])
    opus.library.cache_clear()
    try:
        with pytest.raises(OpusMissing, match="apt-get install libopus0"):
            OpusDecoder()
    finally:
        opus.library.cache_clear()


def test_the_systems_library_will_do(monkeypatch):
    system = ctypes.util.find_library("opus")
    if not system:
        pytest.skip("no libopus installed")
    monkeypatch.setattr(opus, "_candidates", lambda: [system])
    opus.library.cache_clear()
    try:
        test_speech_comes_back_as_loud_as_it_went_in()
        test_a_packet_repeats_the_one_before_only_when_loss_is_expected()
    finally:
        opus.library.cache_clear()
