"""A lamp with colour, as the page sees it."""

from callbox.panel.browser_board import ObservableLight
from callbox.panel.model import server_messages
from callbox_device.color_light import ColorLight
from callbox_device.interfaces import Light
from callbox_device.model.led_patterns import AMBER, BLACK, scaled


class Ring:
    pixels = 3

    def write(self, frame):
        self.frame = frame

    def close(self):
        pass


def test_the_page_gets_colour_and_brightness_of_the_brightest_pixel():
    ring = Ring()
    messages: list[dict[str, object]] = []
    light = ObservableLight(
        ColorLight(ring, microphone_pixels=(0,)),
        lambda brightness: messages.append(server_messages.lamp("status", brightness)),
        lambda color: messages.append(server_messages.light("status", color)),
    )
    assert isinstance(light, Light)
    assert (light.pixels, light.has_red) == (2, True)
    dim = scaled(AMBER.color, 0.5)
    light.show((BLACK, dim))
    assert ring.frame == (BLACK, BLACK, dim)
    light.show((BLACK, BLACK))
    light.close()
    assert [(message["brightness"], message.get("color")) for message in messages] == [
        (0.5, "#ff7300"),
        (0, "#000000"),
        (0.0, None),
    ]
