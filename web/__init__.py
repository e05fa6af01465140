"""Who asks: the machine API, its authorization server, and the problems they answer with."""
