"""An estimate for Raspberry Pis: what is measured here times a published ratio of single cores. Not a measurement.

Ratios are of this kind of core (EPYC, Zen 2, a virtual machine) to the board's, lowest and highest of two ways to
compare: 7-zip's compression of one core (sbc-bench) and CPython's n-body.
"""

from dataclasses import dataclass

MEASURED_ON = "AMD EPYC"
"""The ratios are of this core to a board's: with what another core needs they mean nothing."""


@dataclass(frozen=True)
class Board:
    name: str
    least: float
    likely: float
    most: float
    """So many times as much processor time as here."""


BOARDS = (
    Board("Zero 2 W (A53, 1.0 GHz)", 5.0, 7.0, 9.0),
    Board("3B+ (A53, 1.4 GHz)", 3.7, 5.0, 6.1),
    Board("4B (A72, 1.8 GHz)", 2.1, 2.6, 3.0),
    Board("5 (A76, 2.4 GHz)", 1.1, 1.2, 1.5),
)
SOURCES = (
    "[sbc-bench](https://github.com/ThomasKaiser/sbc-bench/blob/master/Results.md) (7-zip, a core's share)",
    "CPython's n-body on a Pi 4 at 1.5 GHz, published by C. Mehta: 158 s, here 52 s",
    "sysbench's ratios of one core between boards (Pi 4 / Pi 3B+ 2.15, Pi 5 / Pi 4 1.85 to 2.3)",
)
