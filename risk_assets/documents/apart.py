"""Work on hostile files in a process of its own, bounded in time and memory; what the work is, is not known here."""

import os
import subprocess
import sys
from contextlib import suppress

MAX_MEMORY = 2**30
_PASSED_ON = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "SYSTEMROOT")  # no address or password of a database


def run_apart(module: str, content: bytes, seconds: float) -> subprocess.CompletedProcess[bytes]:
    """Run a module of ours on its standard input.

    Args:
        module: Name of the module; its `main` calls `limit_memory`.
        content: What it reads.
        seconds: How long it may take.

    Returns:
        What it wrote, and its exit code: below zero where a signal ended it.

    Raises:
        TimeoutError: It took longer.
    """
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    command = [sys.executable, "-P", "-m", module]
    try:
        return subprocess.run(  # noqa: S603  # our own module, and the file goes in by its standard input
            command, input=content, capture_output=True, timeout=seconds, env=environment, check=False
        )
    except subprocess.TimeoutExpired:
        raise TimeoutError(f"{module}: more than {seconds:.0f} s") from None


def limit_memory() -> None:
    """Bound this process's memory where the system can: what takes more fails here, and nowhere else."""
    with suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415  # not on Windows

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
