"""Dagster resources over storage/. No logic of the domain belongs here."""

from pathlib import Path

import dagster as dg

from risk_assets import settings
from risk_assets.storage import Lake, Warehouse

TEMPLATE = Path(__file__).parent / "dagster.yaml"


class LakeResource(dg.ConfigurableResource):
    """The lake below a folder."""

    root: str

    def get(self) -> Lake:
        """The lake itself."""
        return Lake(Path(self.root))


class WarehouseResource(dg.ConfigurableResource):
    """The warehouse behind an SQLAlchemy URL."""

    url: str

    def get(self) -> Warehouse:
        """The warehouse itself."""
        return Warehouse(self.url)


def resources() -> dict[str, dg.ConfigurableResource]:
    """The resources of this installation (see `risk_assets.settings`)."""
    return {
        "lake": LakeResource(root=str(settings.lake_root())),
        "warehouse": WarehouseResource(url=settings.database_url()),
    }
