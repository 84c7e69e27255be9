"""What the panel can break at a click. The demo brings some; a real box has none."""

from typing import Protocol


class Fault(Protocol):
    """One thing that can go wrong. Event loop only."""

    name: str
    label: str
    """For people: ``pull the microphone out``."""
    expect: str
    """What is to be seen then."""

    @property
    def is_on(self) -> bool:
        """Whether it is broken now."""

    async def turn(self, on: bool) -> None:
        """Break it, or mend it. Raises what it likes; the page is told."""
