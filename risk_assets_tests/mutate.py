"""How reading stands up to damaged files: `python -m risk_assets_tests.mutate 5000 [seed]`.

Each file is made from its number and the seed, so that a case that fails can be made again. Reading may take 1 GiB more
than the process has when it begins. Exits with 1 where a file made it fail, or took longer than ten seconds.
"""

import json
import random
import resource
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

from risk_assets.monitoring.inspecting import inspect
from risk_assets_tests.mutating import broken_promise, mutated, originals, pdf

MEMORY = 2**30
SLOWEST = 10.0
PDF_SHARE = 0.03


def case(number: int, seed: int) -> tuple[str, bytes]:
    """Format and bytes of a damaged file."""
    chance = random.Random(f"{seed}:{number}")  # noqa: S311
    if chance.random() < PDF_SHARE:
        return "pdf", mutated(pdf(), chance)
    kind = chance.choice(list(originals()))
    return kind, mutated(originals()[kind], chance)


def run(numbers: range, seed: int) -> dict:
    """Read the files; what came of it."""
    inspect(originals()["xlsx"], "xlsx")  # what is made once is there
    taken_before = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken_before + MEMORY,) * 2)
    failures, rules, kinds, slowest = [], Counter(), Counter(), (0.0, "")
    for number in numbers:
        kind, content = case(number, seed)
        start = time.monotonic()
        try:
            broken = broken_promise(content, kind)
        except Exception:  # whatever it is, it is what is looked for
            broken = traceback.format_exc()
        taken = time.monotonic() - start
        if broken:
            failures.append((number, kind, broken))
        else:
            found = inspect(content, kind) if kind != "pdf" else {"is_read": True}
            kinds[kind, "read" if found["is_read"] else "refused"] += 1
            if not found["is_read"]:
                rules[found["findings"][0]["rule"]] += 1
        slowest = max(slowest, (taken, f"{number} {kind}"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"failures": failures, "rules": dict(rules), "kinds": {" ".join(k): n for k, n in kinds.items()},
            "slowest": slowest, "peak_mb": peak // 1024}  # fmt: skip


def main() -> None:
    """Print the figures."""
    count, seed = (int(given) for given in [*sys.argv[1:], *["1000", "1"][len(sys.argv) - 1 :]][:2])
    result = run(range(count), seed)
    sys.stdout.write(json.dumps({"files": count, "seed": seed, **result}, ensure_ascii=False, indent=1) + "\n")
    sys.exit(bool(result["failures"]) or result["slowest"][0] > SLOWEST)


if __name__ == "__main__":
    main()
