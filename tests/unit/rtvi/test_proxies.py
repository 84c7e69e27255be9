import pytest

from callbox.rtvi.proxies import EnvironmentProxy, proxy_for

PROXY = {"http_proxy": "http://proxy:3128", "HTTPS_PROXY": "proxy:3129", "ALL_PROXY": "socks5://proxy:1080"}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://bot/start", EnvironmentProxy("http_proxy", "http://proxy:3128")),
        ("https://bot/start", EnvironmentProxy("HTTPS_PROXY", "http://proxy:3129")),
    ],
)
def test_the_variable_of_the_scheme_wins(url, expected):
    assert proxy_for(url, PROXY) == expected


def test_all_proxy_is_for_the_rest():
    found = proxy_for("https://bot/start", {"ALL_PROXY": "socks5://proxy:1080"})
    assert found == EnvironmentProxy("ALL_PROXY", "socks5://proxy:1080")
    assert found.scheme == "socks5"


def test_without_variables_there_is_none():
    assert proxy_for("http://bot/start", {}) is None
    assert proxy_for("http://bot/start", {"http_proxy": " "}) is None
    assert proxy_for("http://bot/start", {"HTTP_PROXY": "http://x", "REQUEST_METHOD": "GET"}) is None


@pytest.mark.parametrize(
    ("no_proxy", "url"),
    [
        ("*", "http://anything/start"),
        ("bot.lan", "http://bot.lan/start"),
        ("BOT.lan", "http://bot.LAN/start"),
        ("a, bot.lan ,b", "http://bot.lan/start"),
        (".lan", "http://bot.lan/start"),
        ("lan", "http://bot.lan/start"),
        ("*.lan", "http://bot.lan/start"),
        ("bot.lan:7860", "http://bot.lan:7860/start"),
        ("192.168.1.7", "http://192.168.1.7/start"),
        ("192.168.0.0/16", "http://192.168.1.7:7860/start"),
        ("192.168.1.7/16", "http://192.168.9.9/start"),
        ("10.0.0.0/8,fd00::/8", "http://[fd00::7]:7860/start"),
        ("::1", "http://[::1]/start"),
        ("[::1]", "http://[::1]:7860/start"),
        ("[::1]:7860", "http://[::1]:7860/start"),
        ("127.0.0.0/8", "http://[::ffff:127.0.0.1]/start"),
    ],
)
def test_hosts_of_no_proxy_are_reached_directly(no_proxy, url):
    assert proxy_for(url, PROXY | {"no_proxy": no_proxy}) is None
    assert proxy_for(url, PROXY | {"NO_PROXY": no_proxy}) is None


@pytest.mark.parametrize(
    ("no_proxy", "url"),
    [
        ("bot.lan:7861", "http://bot.lan:7860/start"),
        ("bot", "http://robot/start"),
        ("192.168.0.0/16", "http://10.0.0.1/start"),
        ("192.168.0.0/16", "http://bot.lan/start"),
        ("10.0.0.0/99,[,]:", "http://10.0.0.1/start"),
        ("", "http://bot.lan/start"),
        (",", "http://bot.lan/start"),
    ],
)
def test_other_hosts_go_through_the_proxy(no_proxy, url):
    assert proxy_for(url, PROXY | {"no_proxy": no_proxy}) is not None
