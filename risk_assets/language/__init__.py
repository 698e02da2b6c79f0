"""Chinese text → numbers, status words, counts, area names. Pure functions; tables and files are not known here."""
