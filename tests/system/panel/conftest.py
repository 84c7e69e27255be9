"""A demo and a real Chromium, with a fake microphone that hears the recorded sentence."""

import shutil

import pytest
from tests.rig.chromium import WITHIN_S, Pages
from tests.rig.demo import Demo

from callbox.demo.terminal_demo import SPEECH


@pytest.fixture(scope="module")
def chromium():
    from playwright import sync_api as playwright

    program = shutil.which("chromium")
    assert program, "install chromium"
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=program,
            timeout=WITHIN_S * 1000,
            args=[
                "--no-sandbox",  # CI runs as root
                "--use-fake-ui-for-media-stream",
                "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-audio-capture={SPEECH}%noloop",
                "--host-resolver-rules=MAP box.fritz.box 127.0.0.1",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture
def demo(tmp_path):
    with Demo(tmp_path) as running:
        yield running


@pytest.fixture(scope="module")
def unchanged_demo(tmp_path_factory):
    """For tests that leave it as it was."""
    with Demo(tmp_path_factory.mktemp("demo")) as running:
        yield running


@pytest.fixture
def pages(chromium):
    with Pages(chromium) as opened:
        yield opened
