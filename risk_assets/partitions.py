"""Reporting months, and months × areas that report."""

import dagster as dg

from risk_assets import reference
from risk_assets.language.areas import reporting_areas

FIRST_MONTH = f"{reference.frameworks()[0]}-01"

months = dg.MonthlyPartitionsDefinition(start_date=FIRST_MONTH, fmt="%Y-%m")
areas = dg.StaticPartitionsDefinition(list(reporting_areas()))
months_and_areas = dg.MultiPartitionsDefinition({"area": areas, "month": months})


def area_and_month(key: str) -> tuple[str, str]:
    """Area code and month of a partition key."""
    parts = months_and_areas.get_partition_key_from_str(key).keys_by_dimension
    return parts["area"], parts["month"]


def key_of(area: str, month: str) -> dg.MultiPartitionKey:
    """Partition key of an area and month."""
    return dg.MultiPartitionKey({"area": area, "month": month})
