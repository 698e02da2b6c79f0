"""What Dagster loads, as Dagster's own command sees it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from risk_assets.settings import PROJECT

BIN = Path(sys.executable).parent


def dagster(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ, "DAGSTER_HOME": str(tmp_path), "RISK_ASSETS_LAKE": str(tmp_path / "lake"),
        "DAGSTER_DISABLE_TELEMETRY": "1",
    }  # fmt: skip
    return subprocess.run(
        [str(BIN / "dagster"), *arguments], env=environment, cwd=PROJECT, capture_output=True, text=True, check=False
    )


def test_the_definitions_are_valid_for_dagster(tmp_path):
    shutil.copy(PROJECT / "risk_assets" / "resources" / "dagster.yaml", tmp_path)
    done = dagster(tmp_path, "definitions", "validate", "--workspace", "workspace.yaml")
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "Validation successful for code location risk_assets" in said


def test_loading_the_definitions_writes_nothing(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", "import risk_assets.definitions"],
        env={**os.environ, "RISK_ASSETS_LAKE": str(tmp_path / "lake")}, cwd=tmp_path,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.rglob("*")) == []
