"""The panel: a page in a browser that shows a box, and can be one.

`panel.Panel` is an observer of the box, `server` shows it to pages, `static/` is what runs in them, `model` is pure.
Whose button, lamps and sound live in the page: `browser_board`, `browser_audio`, `device_switch`.
"""
