"""The composition root: the commands behind ./luukku, all settings, and the processes they start."""
