"""``./luukku verify``: the log, or what left it, checked from the files alone; what does not fit is named, a line each."""
