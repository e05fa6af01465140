"""Publish what the pulls brought, whenever one of them merged, and every ten minutes for what an event missed.

When red, the last line of the red task's log is a sentence. A shard that failed was rolled back and its people stay pending: the next
run takes them, and running again is safe. If consents or the access log cannot be read, nothing is published: see to the database and
to the sequencer first.
"""

from datetime import timedelta

from airflow.sdk import Asset, AssetOrTimeSchedule, CronTriggerTimetable, dag, task

from publish import stages

STAGED = Asset("staging/te") | Asset("staging/kela") | Asset("staging/sote")
EVERY_TEN_MINUTES = CronTriggerTimetable("*/10 * * * *", timezone="Europe/Helsinki", run_immediately=timedelta(0))


@dag(
    schedule=AssetOrTimeSchedule(timetable=EVERY_TEN_MINUTES, assets=STAGED) if stages.clock_runs() else STAGED,
    catchup=False,
    doc_md=__doc__,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": timedelta(seconds=30)},
)
def publish() -> None:
    due = task(stages.due)()
    refreshed = task(stages.refresh).expand(shard=due)
    task(trigger_rule="all_done")(stages.verdict)(due, refreshed)


publish()
