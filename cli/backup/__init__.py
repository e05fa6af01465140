"""A consistent copy of an instance made and put back: databases, store and fence, the keys apart (AMENDMENTS 15)."""
