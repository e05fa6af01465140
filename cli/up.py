"""``./luukku up``: everything, one full refresh, and then it stays until Ctrl-C."""

import time
from typing import Final

from rich.console import Console

from cli import airflow, development
from cli.instance import running
from cli.run import refreshed, told
from cli.settings import Settings
from cli.tending import Tending

LOOK_EVERY_S: Final = 0.2


def up(settings: Settings, console: Console) -> None:
    """Bring the instance up, refresh once, say where to look, and keep everything running until interrupted."""
    with running(settings, console) as instance:
        console.print(told(refreshed(instance, console)), markup=False)
        console.print(_where(settings) + development.worked_call(instance.house), markup=False)
        tending = Tending(instance.children, instance.house.revive, lambda told: console.print(told, markup=False))
        while True:
            tending.look(at=time.monotonic())
            time.sleep(LOOK_EVERY_S)


def _where(settings: Settings) -> str:
    return (
        f"Airflow's pages    {settings.airflow_url}   user {airflow.OPERATOR}, password {airflow.password(settings)}\n"
        f"the pages          {settings.web_url}/   sign in as one of the accounts that are listed there\n"
        f"the machine API    {settings.web_url}/v1/openapi.json\n"
        f"logs               {settings.home / 'log'}\n"
        "Ctrl-C stops everything; the next start finds the data again. Not for real people's data.\n"
    )
