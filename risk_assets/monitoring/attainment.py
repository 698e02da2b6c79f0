"""Attainment by the formula of its target. Which figure is held against which target is told in `evidence`."""

from risk_assets.language.figures import GROWTH


def attainment(measure: str, direction: str, target: float, done: float, start: float | None = None) -> float | None:
    """Share of a target that is reached.

    Args:
        measure: What target and figure measure; of growth it is (1 + actual) ÷ (1 + target): 8% of 9% is 99%.
        direction: `ge` done ÷ target; `le`, less is better, target ÷ done.
        target: To be reached; growth and rates in %.
        done: Reached, in the same unit.
        start: Where a standard starts from; the share is that of the way to the target.

    Returns:
        The share in %, or None where the formula has no value (a target of zero, nothing on the way).
    """
    if measure in GROWTH:
        above, below = 100 + done, 100 + target
    elif start is not None:
        above, below = done - start, target - start
        return 100 * above / below if below else None
    else:
        above, below = done, target
    if direction == "le":
        above, below = below, above
    return 100 * above / below if below > 0 else None
