"""The embedded default: options that are really in force, folders that are really private."""

import sqlite3
import stat

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db.backends.sqlite3.base import DatabaseWrapper

from config.settings.embedded import database, file_broker, private_folder


def permissions(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def connection(tmp_path, django_db_blocker):
    settings = {
        **database(f"sqlite:///{tmp_path}/registry.sqlite3"),
        "TIME_ZONE": None,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": False,
        "AUTOCOMMIT": True,
        "TEST": {"NAME": None},
    }
    connection = DatabaseWrapper(settings)
    with django_db_blocker.unblock():
        yield connection
        connection.close()


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 1),  # 1 is NORMAL
        ("busy_timeout", 20_000),  # milliseconds
        ("foreign_keys", 1),
    ],
)
def test_a_pragma_is_in_force_on_a_connection(connection, pragma, value):
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {pragma}")
        assert cursor.fetchone() == (value,)


def test_a_transaction_takes_the_write_lock_at_its_start(connection, tmp_path):
    other = sqlite3.connect(tmp_path / "registry.sqlite3", timeout=0)
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    with pytest.raises(sqlite3.OperationalError, match="database is locked"):
        other.execute("BEGIN IMMEDIATE")
    connection.set_autocommit(True)
    other.execute("BEGIN IMMEDIATE")
    assert other.in_transaction
    other.close()


def test_a_postgresql_address_is_taken_without_sqlite_options():
    settings = database("postgres://person:secret@db.invalid:5433/registry")
    assert settings["ENGINE"] == "django.db.backends.postgresql"
    assert (settings["HOST"], settings["PORT"], settings["NAME"]) == (
        "db.invalid",
        5433,
        "registry",
    )
    assert set(settings["OPTIONS"]) == {"options"}


def test_an_address_of_another_kind_is_refused_by_name():
    with pytest.raises(ImproperlyConfigured, match="starts with 'oracle'"):
        database("oracle://db.invalid/registry")


def test_the_broker_folder_is_open_to_its_owner_only(tmp_path):
    folder = tmp_path / "broker"
    options = file_broker(folder)
    assert options["data_folder_in"] == options["data_folder_out"] == str(folder)
    assert permissions(folder) == permissions(folder / "control") == 0o700


def test_an_open_folder_is_closed(tmp_path):
    tmp_path.chmod(0o755)
    assert permissions(private_folder(tmp_path)) == 0o700
