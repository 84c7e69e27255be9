from callbox.rtvi import pipecat_cloud, seed_request


def test_a_request_to_pipecat_cloud():
    request = pipecat_cloud("my agent", "pk_1", body={"device": "kitchen"})
    assert request.endpoint == "https://api.pipecat.daily.co/v1/public/my%20agent/start"
    assert request.headers == {"Authorization": "Bearer pk_1"}
    assert request.request_data == {
        "transport": "webrtc", "enableDefaultIceServers": True, "body": {"device": "kitchen"},
    }  # fmt: skip
    assert "pk_1" not in repr(request)


def test_a_daily_room_is_requested_by_name():
    assert pipecat_cloud("a", "k", transport="daily").request_data == {
        "transport": "daily", "createDailyRoom": True, "body": {},
    }  # fmt: skip


def test_a_request_of_the_seed_era():
    request = seed_request("http://bot/api/", request_data={"lang": "en"}, services={"llm": "x"}, config=[{"a": 1}])
    assert request.endpoint == "http://bot/api/connect"
    assert request.request_data == {
        "services": {"llm": "x"}, "config": [{"a": 1}], "lang": "en", "rtvi_client_version": "0.2.3",
    }  # fmt: skip
    assert seed_request("http://bot").request_data == {"rtvi_client_version": "0.2.3"}


def test_a_websocket_needs_neither_room_nor_servers():
    assert pipecat_cloud("a", "k", transport="websocket").request_data == {"transport": "websocket", "body": {}}
