"""Press or hold: of a button that a ring, an alarm or an announcement takes, until it is up again."""

from collections.abc import Callable

from callbox_device.model.gestures import Gesture, Held, Released, Stuck


class PressOrHold:
    """Decoder of a button that was taken. Event loop only. `on_press`: a button that was taken was released; `on_hold`:
    it was held.
    """

    def __init__(self, on_press: Callable[[], None] = lambda: None, on_hold: Callable[[], None] = lambda: None) -> None:
        self._on_press, self._on_hold = on_press, on_hold
        self._is_held: dict[str, bool] = {}
        """Buttons that are down."""

    def take(self, button: str) -> None:
        """Take the press of `button`, which has begun."""
        self._is_held[button] = False

    def on_gesture(self, gesture: Gesture, button: str) -> bool:
        """Act on what follows a press that was taken. True: it was, and the gesture does nothing else."""
        if button not in self._is_held:
            return False
        match gesture:
            case Held() if not self._is_held[button]:
                self._is_held[button] = True
                self._on_hold()
            case Released() if not self._is_held.pop(button):
                self._on_press()
            case Stuck():
                del self._is_held[button]
        return True
