"""The lake: landing keeps what was sent as it was sent, staged keeps what was read from it.

Nothing here is changed after it was written: a correction is a new version, a reading by other rules a new file.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from risk_assets.contracts import AREA_MONTH_TABLES, Contract, columns, empty

_UNSAFE = frozenset('/\\:*?"<>|')
_UNSEEN = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
_LONGEST_NAME, _LONGEST_ENDING = 200, 8
_WITHDRAWAL = "撤回.txt"
_ARROW = {"str": pa.string(), "Int64": pa.int64(), "Float64": pa.float64(), "boolean": pa.bool_()}
PERIOD = re.compile(r"20\d\d-(0[1-9]|1[0-2])")


def safe_name(name: str) -> str:
    """A file name as sent, without what could lead out of its folder, hide or turn text, or be too long for a disk."""
    readable = name.encode("utf-8", "replace").decode("utf-8")
    kept = "".join("_" if unicodedata.category(c) in _UNSEEN or c in _UNSAFE else c for c in Path(readable).name)
    stem, dot, ending = kept.rpartition(".")
    stem, ending = (stem, f".{ending}") if dot and len(ending) <= _LONGEST_ENDING else (kept, "")
    while len((stem + ending).encode()) > _LONGEST_NAME:
        stem = stem[:-1]
    whole = stem + ending
    return whole if whole.strip(".") else "file"


class LandingError(ValueError):
    """A file cannot be landed; the message says what to do."""


@dataclass(frozen=True)
class Landed:
    """One version of a file in landing.

    Attributes:
        submission: Id, `<area>-<period>-v<version>-<first 8 of the hash>`.
        area: Area that sent it.
        period: Reporting month.
        version: 1, 2 …
        supersedes: Id of the version before, or None.
        sha256: Hash of its bytes.
        original_name: Name as sent, characters that could lead out of the folder replaced.
        size: Bytes.
        received_at: ISO time.
        is_sample: Made-up data.
        withdrawn: Why the area took back what it had sent; None for a file.
    """

    submission: str
    area: str
    period: str
    version: int
    supersedes: str | None
    sha256: str
    original_name: str
    size: int
    received_at: str
    is_sample: bool
    withdrawn: str | None = None


def in_force(versions: list[Landed]) -> list[Landed]:
    """The versions that may stand: those from the last withdrawal on, which itself says that nothing before does."""
    last = max((i for i, one in enumerate(versions) if one.withdrawn is not None), default=0)
    return versions[last:]


class Lake:
    """Files below one folder."""

    def __init__(self, root: Path):
        self.root = Path(root)

    @property
    def landing(self) -> Path:
        """Files as they came."""
        return self.root / "landing"

    @property
    def staged(self) -> Path:
        """Parquet, one file a table, submission and set of rules."""
        return self.root / "staged"

    @property
    def report_template(self) -> Path:
        """The office's own template of the supervision report, where it uses one."""
        return self.root / "templates" / "report.docx"

    def read_report_template(self) -> bytes | None:
        """The office's own template, or None where it uses none."""
        return self.report_template.read_bytes() if self.report_template.exists() else None

    def keep_report_template(self, content: bytes) -> None:
        """Keep an office's template, whole or not at all."""
        self.report_template.parent.mkdir(parents=True, exist_ok=True)
        _write_beside(self.report_template, content)

    def published(self, period: str) -> Path:
        """Folder of a month's files for readers."""
        return self.root / "published" / period

    def land(
        self, content: bytes, name: str, area: str, period: str, received_at: str | None = None, is_sample: bool = False
    ) -> tuple[Landed, bool]:
        """Keep a file under its hash.

        Args:
            content: Its bytes.
            name: Name as sent.
            area: Area that sends it.
            period: Month it is for.
            received_at: ISO time; now where it is not given.
            is_sample: Made-up data.

        Returns:
            The version, and whether it is new: the same bytes as the latest version are not a version of their own.

        Raises:
            LandingError: The period is none.
        """
        if not PERIOD.fullmatch(period):
            raise LandingError(f"--period {period}: expected YYYY-MM, such as 2023-04")
        with _alone(self.landing / period / area):
            landed, is_new = self.candidate(content, name, area, period, received_at, is_sample)
            if is_new:
                self._keep(landed, content)
        return landed, is_new

    def candidate(
        self, content: bytes, name: str, area: str, period: str, received_at: str | None = None, is_sample: bool = False
    ) -> tuple[Landed, bool]:
        """The version that a file would be, and whether it would be a new one; arguments as in `land`."""
        digest, earlier = hashlib.sha256(content).hexdigest(), self.versions(period, area)
        if earlier and earlier[-1].sha256 == digest:
            return earlier[-1], False
        return _next(earlier, content, name, area, period, received_at, is_sample), True

    def withdraw(self, period: str, area: str, reason: str) -> Landed:
        """Take back what an area has sent for a month: a version whose file is the note that says so.

        Args:
            period: Month.
            area: Area.
            reason: Why.

        Raises:
            LandingError: Nothing was sent, or what was sent is withdrawn already.
        """
        if not self.versions(period, area):  # before the lock, which would make the area's folder
            raise LandingError(f"{period}：没有报送，无可撤回")
        with _alone(self.landing / period / area):
            earlier = self.versions(period, area)
            if earlier[-1].withdrawn is not None:
                raise LandingError(f"{period}：{earlier[-1].supersedes} 已于 {earlier[-1].received_at} 撤回")
            received_at = datetime.now(UTC).isoformat(timespec="seconds")
            note = f"撤回：{earlier[-1].submission}\n时间：{received_at}\n原因：{reason}\n".encode()
            landed = _next(earlier, note, _WITHDRAWAL, area, period, received_at, earlier[-1].is_sample, reason)
            self._keep(landed, note)
        return landed

    def keep_receipt(self, landed: Landed, text: str) -> Path:
        """Keep the receipt of a version beside its file; one that is there already stays as it was given.

        Returns:
            Where it is.
        """
        folder = self.landing / landed.period / landed.area / landed.sha256
        first = _landed(str(folder / "meta.json"), (folder / "meta.json").stat().st_mtime_ns)
        path = folder / ("receipt.txt" if first == landed else f"receipt.v{landed.version}.txt")
        if not path.exists():
            _write_beside(path, text.encode())
        return path

    def _keep(self, landed: Landed, content: bytes) -> None:
        folder = self.landing / landed.period / landed.area / landed.sha256
        meta = json.dumps(asdict(landed), ensure_ascii=False, indent=1).encode()
        if folder.exists():  # sent before, then replaced, now sent again: the bytes are here, the version is new
            _write_beside(folder / f"meta.v{landed.version}.json", meta)
            return
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=".landing-", dir=folder.parent))
        (beside / "content").mkdir()
        (beside / "content" / landed.original_name).write_bytes(content)
        (beside / "meta.json").write_bytes(meta)
        beside.chmod(0o755)
        beside.rename(folder)

    def versions(self, period: str, area: str) -> list[Landed]:
        """All versions of an area's file for a month, oldest first."""
        folder = self.landing / period / area
        metas = folder.glob("[0-9a-f]*/meta*.json") if folder.is_dir() else ()
        return sorted((_landed(str(path), path.stat().st_mtime_ns) for path in metas), key=lambda one: one.version)

    def landed(self, period: str, areas: Iterable[str] | None = None) -> dict[str, list[Landed]]:
        """Versions of every area that sent something for a month, by area code."""
        folder = self.landing / period
        wanted = set(areas) if areas is not None else None
        names = sorted(entry.name for entry in os.scandir(folder) if entry.is_dir()) if folder.is_dir() else []
        found = {name: self.versions(period, name) for name in names if wanted is None or name in wanted}
        return {area: versions for area, versions in found.items() if versions}

    def periods(self) -> list[str]:
        """Months for which something has landed, ascending."""
        if not self.landing.is_dir():
            return []
        return sorted(e.name for e in os.scandir(self.landing) if e.is_dir() and PERIOD.fullmatch(e.name))

    def hashes(self) -> dict[str, set[tuple[str, str]]]:
        """Hash of every landed file → the (period, area) for which it was sent."""
        found: dict[str, set[tuple[str, str]]] = {}
        for period in self.periods():
            for area in os.scandir(self.landing / period):
                if area.is_dir():
                    for entry in os.scandir(area.path):
                        found.setdefault(entry.name, set()).add((period, area.name))
        return found

    def sent_before(self, landed: Landed, hashes: dict[str, set[tuple[str, str]]]) -> list[tuple[str, str]]:
        """Other (period, area) for which the same bytes were sent earlier; who sent a file first holds it.

        Who has withdrawn it holds it no more: what came under the wrong area can still come under the right one.

        Args:
            landed: A version.
            hashes: Result of `hashes`.
        """
        others = sorted(hashes.get(landed.sha256, set()) - {(landed.period, landed.area)})
        mine = (_moment(landed), landed.period, landed.area)
        return [
            (one.period, one.area)
            for period, area in others
            for one in in_force(self.versions(period, area))
            if one.sha256 == landed.sha256 and (_moment(one), one.period, one.area) < mine
        ]

    def content(self, landed: Landed) -> bytes:
        """The bytes of a version."""
        folder = self.landing / landed.period / landed.area / landed.sha256 / "content"
        return next(folder.iterdir()).read_bytes()

    def staged_file(self, table: str, period: str, area: str, submission: str, rules: str) -> Path:
        """Where a table of a submission is, or would be."""
        return self.staged / table / period / area / f"{submission}.{rules}.parquet"

    def readings(self, landed: Landed) -> list[str]:
        """Rules by which a version has been read, the latest last; readings of another table layout are left out."""
        folder = self.staged / "submissions" / landed.period / landed.area
        found = sorted(folder.glob(f"{landed.submission}.*.parquet"), key=lambda path: path.stat().st_mtime_ns)
        wanted = _schema(AREA_MONTH_TABLES["submissions"])
        return [p.name.split(".")[-2] for p in found if p.stat().st_size and pq.read_schema(p).equals(wanted)]

    def stage(self, table: str, contract: type[Contract], frame: pd.DataFrame, area_column: str) -> int:
        """Write a checked batch, a file each submission; files that exist are left alone.

        Args:
            table: Name of the table.
            contract: Its contract; gives the Parquet schema.
            frame: Rows of one or more submissions of one or more areas.
            area_column: Column that holds the reporting area.

        Returns:
            Number of files written.
        """
        arrow = pa.Table.from_pandas(frame, schema=_schema(contract), preserve_index=False)
        written = 0
        for (period, area, submission, rules), start, length in _runs(
            frame, ["period", area_column, "submission", "rules"]
        ):
            path = self.staged_file(table, period, area, submission, rules)
            if not path.exists() or path.stat().st_size == 0:  # a crash of the machine can leave an empty one
                _write_parquet(arrow.slice(start, length), path)
                written += 1
        return written

    def read_staged(
        self, table: str, contract: type[Contract], wanted: Iterable[tuple[str, str, str, str]]
    ) -> pd.DataFrame:
        """Rows of several submissions.

        Args:
            table: Name of the table.
            contract: Its contract.
            wanted: Period, area, submission and rules of each.
        """
        paths = [self.staged_file(table, *one) for one in wanted]
        there = [str(path) for path in paths if path.exists()]
        if not there:
            return empty(contract)
        return to_frame(ds.dataset(there, schema=_schema(contract), format="parquet").to_table(), contract)


def to_frame(table: pa.Table, contract: type[Contract]) -> pd.DataFrame:
    """Arrow → pandas with the contract's types."""
    return pd.DataFrame({c.name: table.column(c.name).to_pandas().astype(c.dtype) for c in columns(contract)})


def write_parquet(frame: pd.DataFrame, contract: type[Contract], path: Path) -> None:
    """Write a frame beside its place and rename it there."""
    _write_parquet(pa.Table.from_pandas(frame, schema=_schema(contract), preserve_index=False), path)


def _schema(contract: type[Contract]) -> pa.Schema:
    return pa.schema([pa.field(c.name, _ARROW[c.dtype], c.nullable) for c in columns(contract)])


def _runs(frame: pd.DataFrame, by: list[str]) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """Stretches of rows with equal values in some columns: values, first row, number of rows."""
    if frame.empty:
        return
    keys = frame[by]
    starts = [0, *((keys.ne(keys.shift()).any(axis=1)).to_numpy().nonzero()[0][1:].tolist()), len(frame)]
    for start, end in pairwise(starts):
        yield tuple(keys.iloc[start]), start, end - start


def _write_parquet(table: pa.Table, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    pq.write_table(table, beside, compression="zstd")
    beside.rename(path)


def _write_beside(path: Path, content: bytes) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(content)
    beside.rename(path)


def replace_folder(new: Path, place: Path) -> None:
    """Put a finished folder in its place, so that its files appear together."""
    old = place.with_name(f".{place.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        place.rename(old)
    new.rename(place)
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one process at a time count versions in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _next(
    earlier: list[Landed],
    content: bytes,
    name: str,
    area: str,
    period: str,
    received_at: str | None,
    is_sample: bool,
    withdrawn: str | None = None,
) -> Landed:
    digest, version = hashlib.sha256(content).hexdigest(), len(earlier) + 1
    return Landed(
        submission=f"{area}-{period}-v{version}-{digest[:8]}",
        area=area,
        period=period,
        version=version,
        supersedes=earlier[-1].submission if earlier else None,
        sha256=digest,
        original_name=safe_name(name),
        size=len(content),
        received_at=received_at or datetime.now(UTC).isoformat(timespec="seconds"),
        is_sample=is_sample,
        withdrawn=withdrawn,
    )


def _moment(landed: Landed) -> datetime:
    moment = datetime.fromisoformat(landed.received_at)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@lru_cache(maxsize=16384)
def _landed(path: str, _modified: int) -> Landed:
    try:
        return Landed(**json.loads(Path(path).read_text(encoding="utf-8")))
    except (ValueError, TypeError) as broken:
        raise LandingError(f"{path}: expected the meta data of a landed file, found {broken}; restore it") from None
