"""Pull what Kela knows: each night from 1 on what changed, each ten minutes about those whom somebody may be shown since.

When red, the last line of the red task's log is a sentence. What is missing was not taken, the watermark stands, and running again is safe.
SourceDown: the task and the clock try again. AccessRefused: call the source; its breaker lets us ask again after 15 minutes. Held: a
steward looks (`./luukku batch list`). OurBug: tell Luukku's makers. Any other: tell the source. The parameter `full` asks for everything.
"""

from datetime import timedelta

from airflow.sdk import Asset, CronTriggerTimetable, ExceptionRetryPolicy, RetryAction, RetryRule, dag, task

from connectors import stages
from publish.stages import leave

AGAIN = RetryRule("connectors.errors.SourceDown", RetryAction.RETRY, timedelta(minutes=5))
AT_ONCE = RetryRule("connectors.errors.ConnectorError", RetryAction.FAIL)
POLICY = ExceptionRetryPolicy(rules=[AGAIN, AT_ONCE])
CLOCK = CronTriggerTimetable("5-59/10 * * * *", timezone="Europe/Helsinki", run_immediately=timedelta(0))


@dag(
    schedule=CLOCK if stages.clock_runs() else None,
    catchup=False,
    doc_md=__doc__,
    max_active_runs=1,
    params={"full": False},
    default_args={"retries": 2, "retry_delay": timedelta(seconds=30), "retry_policy": POLICY},
)
def pull_kela() -> None:
    planned = task(stages.plan)("kela", task(leave)("kela"), full="{{ params.full }}", run="{{ run_id }}")
    landed = task(stages.land).expand(batch=planned)
    grouped = task(trigger_rule="all_done")(stages.group)(planned, landed)
    checked = task(stages.check).expand(group=grouped)
    merged = task(trigger_rule="all_done", outlets=[Asset("staging/kela")])(stages.merge)("kela", planned, checked)
    task(stages.verdict)("kela", planned, merged)


pull_kela()
