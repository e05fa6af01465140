"""What is kept no longer than it may be: erased after a no, and at the end of its time (AMENDMENTS 7, 11)."""
