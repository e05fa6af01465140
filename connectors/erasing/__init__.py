"""What may not be kept any more goes: out of staging at once, and out of the landed copies (AMENDMENTS 7, 11)."""

from connectors.erasing.copies import Copies
from connectors.erasing.marks import Marks, marks_of
from connectors.erasing.rows import Erased, erase, kept_of

__all__ = ["Copies", "Erased", "Marks", "erase", "kept_of", "marks_of"]
