"""How a finding is written down before it is known whose it is; severity and words come from `reference/rules.csv`."""

_LONGEST = 500


def finding(rule: str, where: str = "", found: str = "", expected: str = "") -> dict[str, str]:
    """A finding: which rule, where in the file, what was found and what was expected."""
    return {"rule": rule, "where": where, "found": found[:_LONGEST], "expected": expected[:_LONGEST]}
