"""A keypad's matrix of contacts without diodes, between gpiozero's mock pins."""

import threading

from gpiozero.pins.mock import MockFactory, MockPin


def closed_contacts(pressed, rows, columns):
    """(row, column) of each contact that a scan sees closed when the keys at `pressed` are: those of one net."""
    return {(row, column) for row in range(rows) for column in columns_of(row, pressed) if column < columns}


def columns_of(row, pressed):
    """The columns that `row` is connected with by the keys at `pressed`."""
    rows: set[int] = {row}
    columns: set[int] = set()
    while True:
        found = {c for r, c in pressed if r in rows}
        if found == columns:
            return columns
        columns = found
        rows |= {r for r, c in pressed if c in columns}


class MatrixFactory(MockFactory):  # type: ignore[misc]  # gpiozero has no types
    """``press(row, column)``, ``release(row, column)``, from any thread; rows and columns by their GPIO numbers."""

    def __init__(self, rows, columns):
        super().__init__(pin_class=MatrixPin)
        self.rows, self.columns = [list(map(self._named, pins)) for pins in (rows, columns)]
        self.pressed = set()
        self.scans = 0
        """How often the first row was driven."""
        self.lock = threading.RLock()

    def press(self, row, column):
        with self.lock:
            self.pressed.add((row, column))
            self.settle()

    def release(self, row, column):
        with self.lock:
            self.pressed.discard((row, column))
            self.settle()

    def settle(self):
        """Let the columns have the levels that follow from the rows that are driven."""
        with self.lock:
            rows, columns = [[self.pins.get(info) for info in side] for side in (self.rows, self.columns)]
            driven = [number for number, pin in enumerate(rows) if pin and pin.function == "output" and not pin.state]
            low = {column for row in driven for column in columns_of(row, self.pressed)}
            for number, pin in enumerate(columns):
                if pin and pin.function == "input":
                    (pin.drive_low if number in low else pin.drive_high)()

    def _named(self, number):
        [(_, info)] = self.board_info.find_pin(f"GPIO{number}")
        return info


class MatrixPin(MockPin):  # type: ignore[misc]  # gpiozero has no types
    def _set_function(self, value):
        with self.factory.lock:
            if value == "output":
                self.factory.scans += self.info == self.factory.rows[0]
                self._change_state(False)
            super()._set_function(value)
            self.factory.settle()

    def _set_state(self, value):
        with self.factory.lock:
            super()._set_state(value)
            self.factory.settle()
