"""The panel: a page in a browser that shows a box, and can be its board.

`panel.Panel` observes the box, `server` serves its pages, `static/` runs in them, `model` is pure. Button, lamps
and sound in the page: `browser_board`, `browser_audio`, `device_switch`.
"""
