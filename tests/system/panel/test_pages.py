"""More pages than one, a page that is reloaded, a page of another site."""

import http.server
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from tests.rig.mosquitto import wait_for
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

_HOSTILE = """<!doctype html><title>hostile</title><script>
window.got = [];
const note = (what) => window.got.push(what);
const socket = new WebSocket("ADDRESSws".replace("http", "ws"));
socket.onopen = () => { note("open"); socket.send('{"type":"edge","closed":true,"at_ms":0}'); };
socket.onmessage = ({ data }) => note(data);
socket.onclose = () => note("closed");
fetch("ADDRESS").then((answer) => answer.text()).then(note, () => note("no page"));
const frame = document.createElement("iframe");
frame.src = "ADDRESS";
document.documentElement.append(frame);
</script>"""


def test_two_pages_show_the_same_box(demo, pages):
    one, other = pages.open(demo.url), pages.open(demo.url)
    one.until_live()
    other.until_live()
    one.press()
    for page in (one, other):
        page.until_state("ready")
        page.until("#microphone-words", "lit")
    other.press()
    for page in (one, other):
        page.until_state("disconnected")


def test_a_reload_in_mid_call_keeps_the_call(demo, pages):
    page = pages.open(demo.url)
    page.until_live()
    page.page.select_option("#use-microphone", "browser")
    page.press()
    page.until_state("ready")
    page.page.reload()
    page.until("#problem", "closed")  # no page captures or plays
    page.until_state("ready")
    page.until_live()
    page.page.click("#name")  # a browser lets a page play only when somebody has touched it
    page.page.wait_for_selector("#problem", state="hidden")
    page.until("#microphone-words", "lit")
    assert page.text("#events").count("button pressed") == 1


def test_a_page_that_is_closed_leaves_a_box_that_works(demo, pages):
    first = pages.open(demo.url)
    first.until_live()
    first.press()
    first.until_state("ready")
    first.press()
    first.until_state("disconnected")
    first.page.close()
    second = pages.open(demo.url)
    second.until_live()
    second.page.keyboard.press(" ", delay=60)
    second.until_state("ready")


KEEP_SOCKET = """() => {
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (...message) { window.socket = this; return send.apply(this, message); };
}"""


def test_a_page_whose_connection_was_lost_plays_as_before(demo, pages):
    page = pages.open(demo.url)
    page.until_live()
    page.page.evaluate(KEEP_SOCKET)
    page.page.click("#name")
    page.until_true("document.getElementById('use-speaker').value === 'browser'")
    page.page.evaluate("window.socket.close()")
    page.until("#link", "trying again")
    page.until_live()
    page.until_true("document.getElementById('use-speaker').value === 'browser'")


def test_a_new_token_in_the_address_of_a_page_that_is_open_is_taken(demo, pages):
    address, _, token = demo.url.partition("#")
    page = pages.open(address)
    page.until("#hint", "Open the address with the token")
    page.page.evaluate("token => { location.hash = token; }", token)
    page.until_live()
    assert "#" not in page.page.url


def test_closed_page_releases_the_button(demo, pages):
    first, second = pages.open(demo.url), pages.open(demo.url)
    first.until_live()
    second.until_live()
    first.page.hover("#button")
    first.page.mouse.down()
    second.until_state("ready")
    first.page.close()
    second.until("#events", "button released after")
    second.press()
    second.until_state("disconnected")


def test_without_the_token_a_page_only_looks(demo, pages):
    watched, stranger = pages.open(demo.url), pages.open(demo.address)
    stranger.until("#link", "live")
    assert stranger.page.is_disabled("#button")
    watched.until_live()
    watched.press()
    stranger.until_state("ready")


def test_a_page_of_another_origin_gets_nothing(demo, pages, tmp_path):
    (tmp_path / "favicon.ico").touch()  # Chromium asks for it, and tells a missing one as an error
    (tmp_path / "index.html").write_text(_HOSTILE.replace("ADDRESS", demo.address))
    handler = lambda *a: http.server.SimpleHTTPRequestHandler(*a, directory=str(tmp_path))  # noqa: E731
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = pages.open(f"http://127.0.0.1:{server.server_address[1]}/")
        page.until_true("window.got.length >= 2")
        assert sorted(page.page.evaluate("window.got")) == ["closed", "no page"]
        inside = page.page.frames[1]
        for _ in range(600):
            if not inside.url.startswith("chrome-error:"):  # it isn't told yet that it may not show the page
                page.page.wait_for_timeout(100)
        assert inside.url.startswith("chrome-error:"), inside.url
        page.errors.clear()  # that is what Chromium says about it
        server.shutdown()
    looked = pages.open(demo.url)
    looked.until_live()
    assert "button" not in looked.text("#events")


def test_a_name_that_is_bent_to_this_machine(unchanged_demo):
    for host in ("evil.example", "evil.example:8067", "127.0.0.1.evil.example"):
        request = urllib.request.Request(unchanged_demo.address, headers={"Host": host})
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request)
        assert refused.value.code == 421, host
        refused.value.close()


def test_only_the_panels_own_page_may_connect(unchanged_demo):
    page = unchanged_demo.address.replace("http", "ws") + "ws"
    for origin in (None, "null", "http://evil.example", "https://evil.example", "http://127.0.0.1:9"):
        with pytest.raises(InvalidStatus) as refused, connect(page, origin=Origin(origin) if origin else None):
            pass
        assert refused.value.response.status_code == 403, origin


def test_nothing_stays_behind_when_the_demo_is_killed(demo):
    process = demo.process
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    assert children
    process.kill()
    process.wait()
    assert wait_for(lambda: not any(Path(f"/proc/{child}").exists() for child in children))


def test_token_is_in_the_address_only(unchanged_demo):
    demo = unchanged_demo
    assert demo.token.encode() not in Path(f"/proc/{demo.process.pid}/cmdline").read_bytes()
    assert demo.log.count(demo.token) == 1  # where the address is printed
