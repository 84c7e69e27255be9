"""`python -m tests.system.hardware.vpi build | run | shell`."""

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.system.hardware.vpi.boot import NO_ANSWER, TIMED_OUT, Guest, Running
from tests.system.hardware.vpi.kernel import NoKernel, build


class _Followed(Running):
    """Passes the command's output on as it comes."""

    def __init__(self, command: Sequence[str], guest: Guest, *, interactive: bool) -> None:
        self._reported: dict[str, int] = {}
        super().__init__(command, guest, interactive=interactive)

    def on_wait(self) -> None:
        for name, stream in (("stdout", sys.stdout), ("stderr", sys.stderr)):
            with (self.run / name).open("rb") as file:
                file.seek(self._reported.get(name, 0))
                new = file.read()
            if new:
                self._reported[name] = self._reported.get(name, 0) + len(new)
                stream.buffer.write(new)
                stream.flush()


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name, value


def _vfat(text: str) -> tuple[Path, Path | None]:
    place, _, image = text.partition("=")
    return Path(place), Path(image) if image else None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.system.hardware.vpi", description="A virtual Raspberry Pi.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("build", help="build its kernel, once")
    for verb, what in (("run", "boot, run a command, exit as it does"), ("shell", "boot, and be there")):
        options = verbs.add_parser(verb, help=what)
        options.add_argument("--systemd", action="store_true", help="systemd as the first process")
        options.add_argument("--user", default="root", help="who runs the command (in the groups audio and gpio)")
        options.add_argument("--cwd", type=Path, metavar="PATH", help="where; default: here")
        options.add_argument(
            "--rw", action="append", type=Path, default=[], metavar="PATH", help="a folder it may write to"
        )
        options.add_argument("--env", action="append", type=_pair, default=[], metavar="NAME=VALUE")
        options.add_argument("--mem", type=int, default=1024, metavar="MIB", help="memory (1024)")
        options.add_argument("--no-gpio", action="store_true", help="without a GPIO chip")
        options.add_argument("--no-sound", action="store_true", help="without sound cards")
        options.add_argument(
            "--vfat",
            type=_vfat,
            default=(None, None),
            metavar="PATH[=IMAGE]",
            help="a FAT file system, mounted at PATH",
        )
        options.add_argument(
            "--port",
            action="append",
            type=int,
            default=[],
            metavar="PORT",
            help="a TCP port of this machine that it reaches at its own 127.0.0.1",
        )
        options.add_argument(
            "--disk", type=Path, metavar="IMAGE", help="a file that keeps what is written, as a card does"
        )
        options.add_argument(
            "--timeout", type=float, metavar="S", help=f"end it after so long, with exit code {TIMED_OUT}"
        )
        options.add_argument("command", nargs="*", default=["/bin/bash"])
    return parser


def main() -> int:
    """The exit code is the command's own, or 124 (timeout) or 125 (no kernel, or the guest broke)."""
    arguments = _parser().parse_args()
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # the guest is ended too
    try:
        if arguments.verb == "build":
            build()
            return 0
        guest = Guest(
            memory_mb=arguments.mem,
            systemd=arguments.systemd,
            user=arguments.user,
            folder=arguments.cwd,
            environment=dict(arguments.env),
            writable=tuple(arguments.rw),
            gpio=not arguments.no_gpio,
            sound=not arguments.no_sound,
            vfat=arguments.vfat[0],
            vfat_image=arguments.vfat[1],
            ports=tuple(arguments.port),
            disk=arguments.disk,
        )
        with _Followed(arguments.command, guest, interactive=arguments.verb == "shell") as running:
            exit_code = running.wait(arguments.timeout)
            if exit_code in (TIMED_OUT, NO_ANSWER):
                print(f"callbox: the virtual Pi gave no exit code ({exit_code}); its console:", file=sys.stderr)
                print(running.read("console").decode(errors="replace")[-4000:], file=sys.stderr)
            return exit_code
    except NoKernel as error:
        print(f"callbox: {error}", file=sys.stderr)
        return NO_ANSWER


if __name__ == "__main__":
    sys.exit(main())
