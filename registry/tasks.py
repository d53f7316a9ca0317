"""What the worker runs for the facts. Tasks carry a key only; running one twice does no harm."""

from __future__ import annotations

from celery import shared_task

from registry.services import import_runs, import_upkeep


@shared_task(name="registry.tasks.run_import", ignore_result=True)
def run_import(key: str) -> None:
    """Check or import the upload of this key, from where it stands."""
    import_runs.run(key)


@shared_task(name="registry.tasks.tend_imports", ignore_result=True)
def tend_imports() -> None:
    """Beat's tick: go on with imports whose worker ended, remove what has become old.

    What is to do is a question to the database, so a lost tick is made up for by the next one.
    """
    for key in import_runs.stalled():
        run_import.delay(key)
    import_upkeep.remove_old()
