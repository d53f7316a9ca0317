"""What the worker runs for the facts. Tasks carry a key only; running one twice does no harm."""

from __future__ import annotations

from celery import shared_task

from registry.accounts import mails
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


@shared_task(name="registry.tasks.mail_password_link", ignore_result=True)
def mail_password_link(address: str) -> None:
    """Answer somebody who forgot a password, when the address is that of an account."""
    mails.send_password_link(address)


@shared_task(name="registry.tasks.mail_change", ignore_result=True)
def mail_change(user_id: int, change: str) -> None:
    """Tell a person that something about their sign-in was changed."""
    mails.send_change(user_id, change)
