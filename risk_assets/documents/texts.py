"""Plain text: a line is a row, tabs part its cells."""

import re

from risk_assets.documents.model import MAX_CELLS, MAX_ROWS, Document, Grid, Refused, visible

_LINE_END = re.compile(r"\r\n|\n|\r")  # not splitlines: a form feed inside a line ends no line
_LAST_END = re.compile(r"(?:\r\n|\n|\r)\Z")
_ENCODINGS = ("utf-8-sig", "gb18030")


def read_text(content: bytes, name: str) -> Document:
    """Read UTF-8 or GB18030 text as one grid; row i of it is line i + 1.

    Raises:
        Refused: The bytes are no text in either encoding.
    """
    for encoding in _ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            if text.count("\t") > MAX_CELLS or len(_LINE_END.findall(text)) > MAX_ROWS:
                raise Refused("too_many_cells", f"{len(text)} 字", f"不超过 {MAX_ROWS} 行")
            rows = [
                [visible(cell).strip() for cell in line.split("\t")]
                for line in _LINE_END.split(_LAST_END.sub("", text))
            ]
            return Document(name, "txt", [Grid(None, rows, plain=True)])
    raise Refused("unsupported_format", "既非文本也非工作簿的内容", "一个 .xlsx 工作簿或纯文本文件(.txt)")
