"""A repository as `make apt-repo` makes it, with a key of its own."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[3]
USER = "fleet@example.net"


class Repository:
    """In `folder`: a gpg with the key, `packages` that are published, and the `repo`, which is served."""

    def __init__(self, folder: Path) -> None:
        self.packages, self.repo = folder / "dist", folder / "repo"
        gnupg = folder / "gnupg"
        gnupg.mkdir(mode=0o700)
        self.packages.mkdir()
        self.environment = {**os.environ, "GNUPGHOME": str(gnupg)}
        self.run(
            "gpg", "--batch", "--quiet", "--passphrase", "", "--quick-generate-key", USER, "ed25519", "sign", "never"
        )

    def run(self, *command: str, **environment: str) -> str:
        """What it printed."""
        done = subprocess.run(
            command, env=self.environment | environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def publish(self, **environment: str) -> str:
        """Add the packages."""
        places = {"APT_REPO": str(self.repo), "APT_PACKAGES": str(self.packages)}
        return self.run(str(ROOT / "deploy/apt/repository.sh"), USER, **places, **environment)

    def source(self, key: str) -> str:
        """What docs/fleet.md puts into sources.list.d; `key`: the file with the public key."""
        return f"Types: deb\nURIs: file:{self.repo}\nSuites: stable\nComponents: main\nSigned-By: {key}\n"
