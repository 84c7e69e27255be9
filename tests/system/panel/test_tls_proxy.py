"""The panel behind a reverse proxy with TLS, below a path, in a real browser."""

import asyncio
import threading

import pytest
from tests.rig.demo import Demo
from tests.rig.ports import free_port
from tests.rig.tls_proxy import TlsProxy


@pytest.fixture
def simulated(tmp_path):
    config = tmp_path / "callbox.yaml"
    config.write_text(f"""\
device: {{name: Hall}}
bot: {{start_url: http://127.0.0.1:{free_port()}/start}}
panel: {{allowed_hosts: [box.fritz.box]}}
""")
    with Demo(tmp_path, "--config", str(config), command=("simulate",)) as running:
        yield running


@pytest.fixture
def proxy(tmp_path, simulated):
    """A proxy in a thread of its own: Playwright holds this one."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    port = int(simulated.address.rstrip("/").rpartition(":")[2])
    running = TlsProxy(tmp_path, port, prefix="/callbox")
    asyncio.run_coroutine_threadsafe(running.__aenter__(), loop).result(60)
    yield running
    asyncio.run_coroutine_threadsafe(running.__aexit__(), loop).result(60)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_page_connects_and_acts_through_the_proxy(simulated, proxy, pages):
    url = f"https://box.fritz.box:{proxy.port}/callbox/#token={simulated.token}"
    page = pages.open(url, ignore_https_errors=True)
    page.until("#name", "Hall")
    page.until("#link", "live")
    page.until_live()
    assert page.page.evaluate("window.isSecureContext")  # so that the browser's microphone can be used
    page.page.select_option("#use-microphone", "browser")
    page.until("#sound-note", "exactly while")
    page.press()
    page.until("#problem", "127.0.0.1")  # no bot: the box has tried
    assert "button pressed" in page.text("#events")
