"""A PostgreSQL of one's own, where the machine has one: the warehouse must do the same there as in SQLite."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
import sqlalchemy as sa

MISSING = "PostgreSQL or its driver is not on the machine"


def binaries() -> Path | None:
    """Folder of `initdb` and `postgres`, the newest of several (Debian keeps them out of the path)."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).resolve().parent if on_path else None


def server_user() -> str | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    return "postgres" if "postgres" in {one.pw_name for one in pwd.getpwall()} else "nobody"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """URL of a running server's database `postgres`, reached through a socket."""
    folder = binaries()
    if folder is None or find_spec("psycopg") is None:
        pytest.skip(MISSING)
    user = server_user()
    root = Path(tempfile.mkdtemp(prefix="pg-"))  # short: a socket's path has a hundred letters at most
    if user:
        shutil.chown(root, user)
    data = root / "data"
    subprocess.run(
        [folder / "initdb", "-D", data, "-A", "trust", "-U", "tester", "-E", "UTF8", "--locale=C", "--no-sync"],
        user=user, cwd=root, check=True, capture_output=True,
    )  # fmt: skip
    server = subprocess.Popen(
        [folder / "postgres", "-D", data, "-k", root, "-c", "listen_addresses=", "-F", "-c", "timezone=Asia/Shanghai"],
        user=user, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"postgresql+psycopg://tester@/postgres?host={root}"
    try:
        wait_for(url)
        yield url
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(root)


def wait_for(url: str) -> None:
    engine = sa.create_engine(url)
    for _ in range(100):
        try:
            engine.connect().close()
            break
        except sa.exc.OperationalError:
            time.sleep(0.1)
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of an empty database: one in SQLite, one in PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'warehouse.sqlite'}"
        return
    url = sa.make_url(request.getfixturevalue("postgres"))
    server = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    name = f"test_{time.monotonic_ns()}"
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield url.set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    server.dispose()
