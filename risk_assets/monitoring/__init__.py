"""What the county says against what its figures say: attainment, status, headline, findings, due dates.

One submission at a time; how areas are added up and ranked is not known here.
"""
