"""What was done, by whom, for ever: the event catalogue, the sealed log, its proofs."""
