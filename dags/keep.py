"""Each night at 4: erase what was kept long enough, list, receipt, ask on authority, hand on corrections, judge anew by newer rules.

When red, the last line of the red task's log is a sentence. What was erased until then is erased and told to the log; the rest is
taken by the next run, and running again is safe. NothingSaysHowLong: a thing has no row in force in publish.retention; write one,
until then nothing is erased. What a person's no takes away does not wait for this: the keeper sees to it within a minute, and its
words are in log/keeper.log. NoAnswers: the register of mandates did not answer about somebody; until it does their representatives'
consents show nothing, and the next try asks about those who are left. LogUnavailable: what is to go from the log was not sealed; see to
the sequencer, the next night goes on.
"""

from datetime import timedelta

from airflow.sdk import CronTriggerTimetable, dag, task

from connectors.stages import revalidate
from publish import stages


@dag(
    schedule=CronTriggerTimetable("0 4 * * *", timezone="Europe/Helsinki") if stages.clock_runs() else None,
    catchup=False,
    doc_md=__doc__,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": timedelta(minutes=5)},
)
def keep() -> None:
    task(stages.lists)()
    task(stages.keep)()
    task(stages.unlink)()
    task(stages.expire)()
    task(stages.authority)()
    task(stages.corrections)()
    task(revalidate)()


keep()
