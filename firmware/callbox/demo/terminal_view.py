"""The box drawn in a terminal: lamps, state, levels, what was transcript. Pure: values in, a Rich renderable out."""

from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from callbox.audio.stats import AudioStats, format_stats
from callbox.control.lamps import status_lamp
from callbox.control.status import Status
from callbox.panel.model.server_messages import sentence
from callbox.rtvi.protocol.lifecycle import TransportState
from callbox.text import one_line
from callbox_device.interfaces import Color
from callbox_device.model.pcm import MIN_DBFS

_CONNECTING = [state for state in TransportState if state not in (TransportState.DISCONNECTING, TransportState.ERROR)]
_METER_CELLS = 24
_METER_FLOOR_DBFS = -60.0


@dataclass(frozen=True, slots=True)
class View:
    """Values of one frame."""

    status: Status
    status_lamp: float
    microphone_lamp: float
    microphone_dbfs: float = MIN_DBFS
    speaker_dbfs: float = MIN_DBFS
    transcript: tuple[str, ...] = ()
    """The last lines of the conversation."""
    audio_stats: AudioStats | None = None
    footnote: str = ""
    """Bot, microphone and loudspeaker."""


def render(view: View) -> RenderableType:
    """The frame for `view`."""
    status = view.status
    lamps = Text.assemble(
        _lamp(view.status_lamp, _style(status_lamp(status).hue.color)),
        " status      ",
        _lamp(view.microphone_lamp, "red"),
        " microphone",
    )
    parts: list[RenderableType] = [lamps, Text(sentence(status)), _states(status.transport), Text(), _meters(view)]
    if status.problem:
        parts += [Text(), Text(one_line(status.problem.text), style="bold red")]
    if view.transcript:
        parts += [Text(), *(Text(line, overflow="ellipsis", no_wrap=True) for line in view.transcript)]
    if view.audio_stats:
        parts += [Text(), Text(format_stats(view.audio_stats), style="dim")]
    parts += [
        Text(),
        Text(_chosen(status)),
        *(Text(f"{entry.kind} {one_line(entry.text)}: {entry.state}") for entry in status.alarms.pending[:3]),
        Text(_keys(status.transport), style="bold"),
        Text(view.footnote, style="dim"),
    ]
    # The state is at the top: a terminal of few lines shows the first ones.
    return Panel(Group(*parts), title=f"callbox · {status.transport} · {status.activity}", padding=(0, 2))


def _chosen(status: Status) -> str:
    volume = "as the sound card was left" if status.volume_percent is None else f"{status.volume_percent} %"
    return f"bot: {status.session_bot or status.bot}    volume: {volume}{'    quiet hours' * status.quiet_hours}"


def _lamp(brightness: float, colour: str) -> Text:
    if brightness <= 0.05:
        return Text("○", style="dim")
    return Text("●", style=f"bold {colour}" if brightness > 0.6 else colour)


def _style(color: Color) -> str:
    red, green, blue = (round(255 * share) for share in color)
    return f"rgb({red},{green},{blue})"


def _states(state: TransportState) -> Text:
    if state not in _CONNECTING:
        return Text(str(state), style="bold red" if state is TransportState.ERROR else "bold yellow")
    here = _CONNECTING.index(state)
    text = Text(overflow="fold")
    for place, step in enumerate(_CONNECTING):
        text.append(str(step), style="bold reverse green" if place == here else "green" if place < here else "dim")
        if place + 1 < len(_CONNECTING):
            text.append(" → ", style="dim")
    return text


def _meters(view: View) -> Table:
    table = Table.grid(padding=(0, 1))
    for name, level in (("microphone", view.microphone_dbfs), ("loudspeaker", view.speaker_dbfs)):
        share = max(0.0, min(1.0, 1 - level / _METER_FLOOR_DBFS))
        lit = round(share * _METER_CELLS)
        bar = Text("█" * lit, style="green") + Text("·" * (_METER_CELLS - lit), style="dim")
        table.add_row(name, bar, f"{level:4.0f} dBFS" if level > MIN_DBFS else "  silent")
    return table


def _keys(state: TransportState) -> str:
    what = {
        TransportState.DISCONNECTED: "call the bot",
        TransportState.ERROR: "try again",
        TransportState.READY: "hang up",
        TransportState.DISCONNECTING: "call again",
    }.get(state, "cancel")
    return (
        f"space or Enter: {what}    m: mute    i: interrupt the bot    n: next bot    h: handset    0-9, *, #: dial\n"
        "+ and -: volume  s: mute switch  z: quiet hours  r: ring  a: announce  t: timer  q: leave"
    )
