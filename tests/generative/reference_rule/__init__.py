"""The decision rule once more, written from CONSENT.md 1 to 7 and AMENDMENTS 1 and 8 alone, for tests (AMENDMENTS 22).

Its form is not that of ``consent.decision``: recorded rows as sets, relations over them at one moment, tables whose first true line
answers, time cut into cells. It is slow and reads nothing of the product but the types of what is asked and what the register holds.

Where the document is silent, the reference goes with the product; each place is marked by "Silent:".
"""
