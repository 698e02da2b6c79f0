"""Collects, checks, adds up and ranks the monthly monitoring tables of a province's counties."""

__version__ = "0.1.0"
