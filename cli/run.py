"""``./luukku run``: one full refresh through Airflow, and stop."""

from rich.console import Console

from cli import development
from cli.instance import Instance, running
from cli.refresh import Summary, refresh
from cli.settings import Settings
from connectors import runs
from db.environment import STOPPED


def run(settings: Settings, console: Console) -> Summary:
    """Bring the instance up, refresh once, stop it, and give the summary."""
    with running(settings, console, clock=STOPPED) as instance:
        return refreshed(instance, console)


def refreshed(instance: Instance, console: Console) -> Summary:
    """Refresh once, with a progress display where a person looks on."""
    with console.status("refreshing") as status:
        return refresh(
            instance.airflow,
            after_clients=lambda: development.record_wishes(instance.house),
            tell=lambda planned: runs.tell(instance.house.environment, planned=planned),
            progress=lambda standing: status.update(standing()) if console.is_terminal else None,
        )


def told(summary: Summary) -> str:
    """Say the summary in sentences."""
    lines = [
        f"{source}: {counts['pulled']} pulled, {counts['accepted']} accepted, {counts['quarantined']} quarantined, "
        f"{counts['unchanged']} unchanged, {counts['held']} held"
        for source, counts in summary.sources.items()
    ]
    decisions = ", ".join(f"{count} {outcome}" for outcome, count in sorted(summary.decisions.items()))
    views = ", ".join(f"{count} {what}" for what, count in summary.views.items())
    red = [f"red: {', '.join(summary.failed)}; see Airflow's page"] if summary.failed else []
    return "\n".join([*lines, f"views: {views}", f"decisions: {decisions or 'none'}", *summary.sentences, *red]) + "\n"
