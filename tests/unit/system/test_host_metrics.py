"""Metrics as the kernel's files tell them."""

import os

from callbox.system.host_metrics import HostMetricsSampler

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
WIRELESS = """Inter-| sta-|   Quality        |   Discarded packets               | Missed | WE
 face | tus | link level noise |  nwid  crypt   frag  retry   misc | beacon | 22
 wlan0: 0000   52.  -58.  -256        0      0      0      0     17        0
"""
FILES = {
    "proc/self/statm": "20000 14600 3000 1 0 9000 0",
    "proc/net/wireless": WIRELESS,
    "sys/class/thermal/thermal_zone0/temp": "47236",
    "sys/devices/platform/soc/soc:firmware/get_throttled": "50005",
}


def test_what_the_kernel_tells(tmp_path):
    for name, content in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    found = HostMetricsSampler(tmp_path).look()
    assert (found.memory_mb, found.temperature_c, found.wifi_dbm) == (round(14600 * PAGE_BYTES / 1e6, 1), 47.2, -58)
    assert found.throttled == ["under_voltage", "throttled", "under_voltage_occurred", "throttled_occurred"]


def test_what_it_does_not_tell_is_none(tmp_path):
    found = HostMetricsSampler(tmp_path).look()
    assert (found.memory_mb, found.temperature_c, found.throttled, found.wifi_dbm) == (None, None, None, None)
