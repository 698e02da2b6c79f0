"""`read FILE --json` on what is made to harm: a finding and data on standard output, in time and in little memory."""

import csv
import io
import json
import re
import subprocess
import sys
import zipfile
from functools import cache
from pathlib import Path

import pytest

from risk_assets_tests.builders import HEADER, TITLE, item, repacked, sample, table_workbook, with_members
from risk_assets_tests.documents.ole_files import ole_of
from risk_assets_tests.formats import as_word, grids_of
from risk_assets_tests.mutating import originals, pdf

SECONDS = 10
MEMORY = 2**30
BOMB = "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a0 'ha'>" + "".join(
    f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 11)
)
LAUGHS = f"{BOMB}]>".encode()
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(200)


def packed(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def small() -> bytes:
    return table_workbook(TITLE, HEADER, [item(1, "地区生产总值增长7%")])


def laughing(content: bytes, part: str) -> bytes:
    """A file whose part says ten billion times ha."""

    def laugh(xml: bytes) -> bytes:
        body = re.sub(rb"^\s*<\?xml[^>]*\?>", b"", xml)
        return LAUGHS + re.sub(rb">([^<]{2,})<", b">&a10;<", body, count=1)

    return repacked(content, {part: laugh})


def with_sheet(rows: bytes) -> bytes:
    return repacked(
        small(), {"xl/worksheets/sheet1.xml": lambda xml: xml.replace(b"</sheetData>", rows + b"</sheetData>")}
    )


def with_link() -> bytes:
    link = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath" '
        'Target="http://127.0.0.1:9/x.xlsx" TargetMode="External"/></Relationships>'
    )
    return with_members(
        table_workbook(TITLE, HEADER, [item(1, "任务", "=[1]Sheet1!A1")]),
        {
            "xl/externalLinks/_rels/externalLink1.xml.rels": link,
            "xl/externalLinks/externalLink1.xml": "<externalLink/>",
        },
    )


@cache
def word() -> bytes:
    return as_word(grids_of(sample())[1:2], 3)


def nested() -> bytes:
    content = b"x" * 1000
    for n in range(20):
        content = packed({f"{n}.zip": content})
    return content


def long_csv() -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([HEADER, ["1", "任务" * 5_000_000, "", "", "", ""], ["2", "乙", "", "", "", ""]])
    return buffer.getvalue().encode()


CASES = {
    "bomb.xlsx": lambda: packed({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": bytes(200 * 2**20)}),
    "nested.zip": nested,
    "laughs.docx": lambda: laughing(word(), "word/document.xml"),
    "laughs.xlsx": lambda: laughing(small(), "xl/workbook.xml"),
    "laughs in a sheet.xlsx": lambda: laughing(small(), "xl/worksheets/sheet1.xml"),
    "laughs.ods": lambda: laughing(originals()["ods"], "content.xml"),
    "links.xlsx": with_link,
    "dde.xlsx": lambda: table_workbook(TITLE, HEADER, [item(1, "任务", "=cmd|'/c calc'!A1")]),
    "dde.csv": lambda: ",".join(HEADER).encode() + b"\n1,=cmd|'/c calc'!A1,,,,\n2,b,,,,\n",
    "macros.xlsm": lambda: with_members(small(), {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 Sub Auto_Open()"}),
    "paths.zip": lambda: packed({"../../../etc/cron.d/x.xlsx": small(), "/etc/passwd": b"a", "C:\\x\\b.txt": b"b"}),
    "empty rows.xlsx": lambda: with_sheet(b"".join(b'<row r="%d"/>' % n for n in range(10, 1_048_577))),
    "far cell.xlsx": lambda: with_sheet(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "encrypted.xlsx": lambda: ole_of("EncryptionInfo", "EncryptedPackage"),
    "picture.xlsx": lambda: PNG,
    "long line.csv": long_csv,
    "million lines.txt": lambda: "县发改局 完成\n".encode() * 1_000_000,
    "million bars.txt": lambda: b"|" * 10_000_000,
    **{
        f"cut.{kind}": (lambda kind=kind: {**originals(), "pdf": pdf(), "docx": word()}[kind][:-700])
        for kind in ("xlsx", "xls", "ods", "docx", "zip", "pdf")
    },
}


# One process imports the command line, then has a child of its own read each file, which may take 1 GiB more.
READER = """
import json, os, resource, sys, time
from risk_assets.cli import main
from risk_assets.monitoring.inspecting import inspect
inspect("序号\\t指标\\n1\\t甲".encode(), "")
results = {}
size = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
for name in json.loads(sys.argv[1]):
    start = time.monotonic()
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_AS, (size + 2**30,) * 2)
        out = os.open(name + ".out", os.O_WRONLY | os.O_CREAT)
        os.dup2(out, 1)
        try:
            main(["read", name, "--json"])
        except SystemExit as end:
            sys.stdout.flush()
            os._exit(end.code)  # what Python puts away at its end takes half a second a file
    _, status, used = os.wait4(child, 0)
    results[name] = [os.waitstatus_to_exitcode(status), time.monotonic() - start, used.ru_maxrss * 1024]
print(json.dumps(results))
"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory) -> dict[str, tuple[int, float, int, bytes]]:
    """Exit code, seconds, bytes of memory and standard output for each file."""
    folder = tmp_path_factory.mktemp("hostile")
    for name, make in CASES.items():
        (folder / name).write_bytes(make())
    command = [sys.executable, "-c", READER, json.dumps(list(CASES))]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=True, timeout=240)
    results = json.loads(done.stdout)
    found = {name: (*result, (folder / f"{name}.out").read_bytes()) for name, result in results.items()}
    assert {path.name for path in folder.iterdir()} == {*CASES, *(f"{name}.out" for name in CASES)}
    return found


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_file_ends_with_a_finding_in_time_and_little_memory(answers, name):
    code, seconds, memory, output = answers[name]
    assert code in (0, 1)
    found = json.loads(output)
    assert found["findings"]
    assert all(finding["rule"] and finding["message"] for finding in found["findings"])
    assert code == (0 if found["is_read"] else 1)
    assert seconds < SECONDS
    assert memory < MEMORY


def test_the_command_itself_ends_so_too(tmp_path):
    file = tmp_path / "laughs.docx"
    file.write_bytes(CASES[file.name]())
    command = [Path(sys.executable).with_name("risk-assets"), "read", file, "--json"]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (1, b"")
    assert [finding["rule"] for finding in json.loads(done.stdout)["findings"]] == ["damaged_file"]
