"""Install packages of Debian and Ubuntu, where that needs no password.

Standard library only, and no syntax that an old Python can't read: it runs before anything is installed.
"""

import os
import shutil
import subprocess


def apt() -> "list[str] | None":
    """The command that runs apt-get here; None where there is none, or a password would be asked."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return ["apt-get"]
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True).returncode == 0:
        return [sudo, "-n", "apt-get"]
    return None


def install(*packages: str) -> bool:
    """Try to install; says what it does, and returns whether it was done."""
    command = apt()
    if command is None:
        return False
    print("Installing by apt-get: {}".format(", ".join(packages)), flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", *packages]):
        done = subprocess.run([*command, *step], env=quiet, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        if done.returncode != 0:
            return False
    return True
