import pytest

from callbox.rtvi import APIRequest
from callbox.rtvi.errors import InvalidTransportParamsError
from callbox.transports.small_webrtc.signalling import OfferTarget, offer_target, read_signal, signal

START = APIRequest("http://pi:7860/start", {"Authorization": "Bearer x"})


@pytest.mark.parametrize(
    ("params", "request_", "expected"),
    [
        ({"sessionId": "7"}, START, OfferTarget("http://pi:7860/sessions/7/api/offer", START.headers)),
        (
            {"sessionId": "a/b?"},
            APIRequest("https://api.pipecat.daily.co/v1/public/start-up/start?x=1"),
            OfferTarget("https://api.pipecat.daily.co/v1/public/start-up/sessions/a%2Fb%3F/api/offer?x=1"),
        ),
        ({"webrtc_url": "http://pi/api/offer"}, None, OfferTarget("http://pi/api/offer")),
        ({"webrtcUrl": "http://pi:7860/api/offer"}, START, OfferTarget("http://pi:7860/api/offer", START.headers)),
        ({"webrtc_url": " http://pi/api/offer\n"}, None, OfferTarget("http://pi/api/offer")),
        ({"webrtcUrl": "/api/offer"}, START, OfferTarget("http://pi:7860/api/offer", START.headers)),
        ({"webrtcUrl": "http://pi/api/offer"}, START, OfferTarget("http://pi/api/offer")),
        ({"webrtcUrl": "https://pi:7860/api/offer"}, START, OfferTarget("https://pi:7860/api/offer")),
        ({"webrtcUrl": "http://PI:7860/x"}, START, OfferTarget("http://PI:7860/x", START.headers)),
        (
            {"webrtcUrl": "http://bot:443/x"},
            APIRequest("https://bot/start", START.headers),
            OfferTarget("http://bot:443/x"),
        ),
        (
            {"webrtcUrl": "https://bot:443/x"},
            APIRequest("https://bot/start", START.headers),
            OfferTarget("https://bot:443/x", START.headers),
        ),
        ({"sessionId": "\ud800"}, START, OfferTarget("http://pi:7860/sessions/%EF%BF%BD/api/offer", START.headers)),
        (
            {"webrtc_request_params": APIRequest("http://pi/api/offer", {"A": "b"}, {"c": 1})},
            None,
            OfferTarget("http://pi/api/offer", {"A": "b"}, {"c": 1}, answer_s=5.0),
        ),
        (
            {"sessionId": "7", "iceConfig": {"iceServers": [{"urls": "stun:x"}, "junk", {}]}},
            START,
            OfferTarget("http://pi:7860/sessions/7/api/offer", START.headers, None, ({"urls": "stun:x"},)),
        ),
    ],
)
def test_where_the_offer_goes(params, request_, expected):
    assert offer_target(params, request_) == expected


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"dailyRoom": "x"},
        {"sessionId": 7},
        {"sessionId": ""},
        {"webrtc_url": "ftp://x"},
        {"webrtc_url": 5},
        {"webrtc_url": "http://["},
        {"webrtc_url": "http://pi:99999/"},
        {"webrtc_url": "//["},
    ],
)
def test_a_bundle_without_an_address_says_what_is_missing(params):
    with pytest.raises(InvalidTransportParamsError):
        offer_target(params, START)


@pytest.mark.parametrize("params", [{}, {"url": "http://pi:7860/api/offer"}])
def test_parameters_without_a_start_request_are_not_called_its_answer(params):
    with pytest.raises(InvalidTransportParamsError, match=r"^The parameters of connect\(\) name no webrtc_url"):
        offer_target(params, None)


def test_an_offer_target_does_not_show_its_secrets():
    target = offer_target(
        {"sessionId": "7", "iceConfig": {"iceServers": [{"urls": "turn:x", "credential": "pw"}]}}, START
    )
    assert "Bearer" not in repr(target)
    assert "pw" not in repr(target)


def test_signals_are_distinguished_from_rtvi_messages():
    assert read_signal(signal("peerLeft")) == "peerLeft"
    assert read_signal('{"label":"rtvi-ai","type":"server-message","data":"signalling"}') is None
    assert read_signal('{"label":"rtvi-ai","type":"server-message","data":{"x":"\\"signalling\\""}}') is None
    assert read_signal('"signalling"') is None
    assert read_signal('{"type":"signalling"}') == ""
    assert read_signal('{"type":"signalling"') is None
