"""``python -m tests.system.interop.brokers [--write] [NAME...]``: measures the brokers; ``--write``: records and writes docs/mqtt.md."""

import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.system.interop.brokers import matrix
from tests.system.interop.brokers.brokers import BROKERS, fetch, running


def measured(name: str) -> dict[str, dict[str, str]]:
    """The answers of the broker `name`, started for it."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, running(name, Path(folder)) as port:
        return matrix.measured(port)


def main() -> None:
    write = "--write" in sys.argv
    requested = [name for name in sys.argv[1:] if name != "--write"]
    names = [name for name in BROKERS if not requested or any(name.startswith(one) for one in requested)]
    fetch()
    recorded, differences = matrix.load(), 0
    with ThreadPoolExecutor(3) as pool:  # it is mostly waiting
        for name, answers in zip(names, pool.map(measured, names), strict=True):
            before = recorded.get(name, {})
            for version, rows in answers.items():
                for feature, answer in rows.items():
                    was = before.get(version, {}).get(feature)
                    differences += answer != was
                    print(
                        f"{name} | {version} | {feature} | {answer}" + (f" | recorded: {was}" if answer != was else ""),
                        flush=True,
                    )
            recorded[name] = answers
    if write:
        matrix.save({name: recorded[name] for name in BROKERS if name in recorded})
    elif differences:
        sys.exit(
            f"{differences} answers differ from what docs/mqtt.md says: make test-brokers WRITE=--write records them"
        )


if __name__ == "__main__":
    main()
