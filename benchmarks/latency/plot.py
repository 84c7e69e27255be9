"""docs/benchmarks/latency.png: a group of bars a network, a bar a client, a piece a phase."""

from pathlib import Path

from benchmarks.latency.phases import NAMES
from benchmarks.latency.runs import CLIENTS, Cell

LEFT_OUT = ("sound",)


def draw(cells: list[Cell], file: Path) -> None:
    """Press to ready, by phase."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt
    from matplotlib.patches import Patch

    start = [cell for cell in cells if cell.way == "start"]
    networks = sorted({cell.round_trip_ms for cell in start})
    clients = [client for client in CLIENTS if any(cell.client == client for cell in start)]
    figure, axes = plt.subplots(figsize=(10, 1.2 + 0.3 * len(networks) * (len(clients) + 1)))
    colours = {phase: f"C{number}" for number, phase in enumerate(NAMES)}
    places, labels = [], []
    for number, network in enumerate(networks):
        for row, client in enumerate(clients):
            cell = next(one for one in start if (one.client, one.round_trip_ms) == (client, network))
            place, at_ms = number * (len(clients) + 1) + row, 0.0
            places.append(place)
            labels.append(f"{CLIENTS[client][0]}, {network} ms")
            for phase, step_ms in cell.steps_ms().items():
                if phase not in LEFT_OUT:
                    axes.barh(place, step_ms, left=at_ms, color=colours[phase])
                    at_ms += step_ms
            each_ms = cell.each_ms("ready")
            axes.plot([min(each_ms), max(each_ms)], [place, place], color="black", linewidth=1)
    axes.set_yticks(places, labels)
    axes.invert_yaxis()
    axes.set_xlabel("ms from the edge (other clients: from the call) to ready; line: least to most")
    plotted = [phase for phase in NAMES if phase not in LEFT_OUT]
    axes.legend(handles=[Patch(color=colours[phase], label=NAMES[phase]) for phase in plotted], loc="upper right")
    figure.tight_layout()
    figure.savefig(file, dpi=110)
    plt.close(figure)
