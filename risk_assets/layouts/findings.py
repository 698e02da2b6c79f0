"""How a finding is written down before it is known whose it is; severity and words come from `reference/rules.csv`."""

import json
from typing import Any

_LONGEST = 500


def finding(rule: str, where: str = "", found: str = "", expected: str = "") -> dict[str, str]:
    """A finding: which rule, where in the file, what was found and what was expected."""
    return {"rule": rule, "where": where, "found": found[:_LONGEST], "expected": expected[:_LONGEST]}


def cell_address(row: dict[str, Any], field: str) -> str:
    """Sheet and cell of a field of a report row, or its line."""
    cell = json.loads(row["cells"]).get(field) or (
        f"{row['line']}:{row['line']}" if row["sheet"] else f"第{row['line']}行"
    )
    return f"{row['sheet']}!{cell}" if row["sheet"] else cell
