"""A file of any supported format → `Document`: grids of cells with addresses. What a table means is not known here."""

from risk_assets.documents.model import Document, Grid, Notice, Refused
from risk_assets.documents.opening import open_document

__all__ = ["Document", "Grid", "Notice", "Refused", "open_document"]
