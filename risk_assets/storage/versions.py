"""Fingerprints of code: what is derived carries the version of what derived it."""

import hashlib
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent.parent


@cache
def code_fingerprint(*floors: str) -> str:
    """Hash over the Python files of some floors.

    Args:
        floors: Names of packages of the house.
    """
    digest = hashlib.sha256()
    for floor in floors:
        for path in sorted((PACKAGE / floor).glob("*.py")):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()
