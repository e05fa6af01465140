"""``./luukku witness``: to be a witness of another's log, and to have witnesses of our own."""
