"""``python -m cli``: what ./luukku hands over to."""

from cli.main import app

app(prog_name="luukku")
