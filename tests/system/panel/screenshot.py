"""docs/panel/*.png: the demo's page in Chromium, in a call, on a desk and on a telephone. `make screenshot-panel`."""

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright
from tests.rig.chromium import Pages
from tests.rig.demo import Demo

PICTURES = Path(__file__).parents[3] / "docs/panel"
LOOKS = {
    "panel": {"viewport": {"width": 1360, "height": 960}, "color_scheme": "light"},
    "panel-dark": {"viewport": {"width": 1360, "height": 960}, "color_scheme": "dark"},
    "panel-phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
}


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as driver,
        Demo(Path(folder)) as demo,
        Pages(driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])) as pages,
    ):
        opened = {name: pages.open(demo.url, **look) for name, look in LOOKS.items()}
        for page in opened.values():
            page.until_live()
        opened["panel"].press()
        for page in opened.values():
            page.until_state("ready")
            page.until("#status-words", "breathing slowly", 30)
            page.page.wait_for_timeout(1200)
        for name, page in opened.items():
            page.page.screenshot(path=PICTURES / f"{name}.png")


if __name__ == "__main__":
    main()
