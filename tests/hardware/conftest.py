"""Hardware tests run where they are asked for by their marker, and then they fail, not skip, without the hardware."""

import re

import pytest

ASK = {
    "pi": "`make test-vpi`, or `pytest -m pi` on a wired Raspberry Pi",
    "vpi": "`make test-vpi`",
    "vpi_host": "`make test-vpi`",
}


def pytest_collection_modifyitems(config, items):
    for item in items:
        for marker, how in ASK.items():
            if item.get_closest_marker(marker) and not re.search(rf"\b{marker}\b", config.option.markexpr):
                item.add_marker(pytest.mark.skip(reason=f"needs hardware: {how}"))
