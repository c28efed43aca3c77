"""Migrations lead from nothing to the models and back, on both engines, and lose no row."""

import uuid

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import func, inspect, select, text

from portal import HOME
from portal.db import schema
from portal.db.engine import Base, Database
from tests.conftest import SEAL
from tests.factories import (
    make_event,
    make_organization,
    make_person,
    pass_key,
    sign_up_guest,
)

pytestmark = pytest.mark.both_engines

LATER_CHANGE = """
import sqlalchemy as sa
from alembic import op

revision = "a_later_change"
down_revision = "{before}"


def upgrade():
    for table in ("organizations", "events", "registrations"):
        with op.batch_alter_table(table) as batch:
            batch.alter_column("time_zone", existing_type=sa.String(64), type_=sa.String(90))
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def new_database(request, tmp_path):
    """Empty databases of one engine, as many as asked for."""
    made = []

    def make():
        name = f"empty_{uuid.uuid4().hex}"
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path / name}.db"
        else:
            address, _template, administrator = request.getfixturevalue("postgres_address")
            administrator.execute(text(f"CREATE DATABASE {name} STRATEGY FILE_COPY"))
            url = f"{address}/{name}"
        made.append((name, Database(url, SEAL)))
        return made[-1][1]

    yield make
    for name, database in made:
        database.close()
        if request.param == "postgresql":
            _address, _template, administrator = request.getfixturevalue("postgres_address")
            administrator.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def config_of(database, *more_versions):
    config = Config(HOME / "alembic.ini")
    config.attributes["engine"] = database.engine
    if more_versions:
        config.set_main_option("path_separator", "newline")
        places = [HOME / "migrations" / "versions", *more_versions]
        config.set_main_option("version_locations", "\n".join(map(str, places)))
    return config


def shape_of(database):
    """Tables with their columns and every promise the database itself keeps."""
    inspector = inspect(database.engine)

    def plain(rows):
        return sorted(sorted((key, told(value)) for key, value in row.items()) for row in rows)

    def told(value):
        if isinstance(value, dict):
            return sorted((key, told(each)) for key, each in value.items())
        return str(value)

    shape = {}
    # The table of searched words is each database's own (search_index.words).
    for table in sorted(set(inspector.get_table_names()) - {"alembic_version"}):
        if table.startswith("search_words"):
            continue
        shape[table] = {
            "columns": plain(inspector.get_columns(table)),
            "checks": plain(inspector.get_check_constraints(table)),
            "foreign keys": plain(inspector.get_foreign_keys(table)),
            "unique": plain(inspector.get_unique_constraints(table)),
            "indexes": plain(inspector.get_indexes(table)),
            "primary key": plain([inspector.get_pk_constraint(table)]),
        }
    return shape


def test_a_migrated_database_is_what_the_models_say(new_database):
    migrated = new_database()
    schema.migrate(migrated)
    schema.differences(migrated)


def test_a_migrated_database_keeps_every_promise_that_the_models_make(new_database):
    """CHECKs, foreign keys and uniqueness too, which Alembic's own comparison leaves out."""
    migrated, made = new_database(), new_database()
    schema.migrate(migrated)
    with made.engine.begin() as connection:
        Base.metadata.create_all(connection)
    found, meant = shape_of(migrated), shape_of(made)
    assert found.keys() == meant.keys() == Base.metadata.tables.keys()
    for table, promises in meant.items():
        assert found[table] == promises, table
    assert sum(len(promises["checks"]) for promises in found.values()) >= 9


def test_anonymous_answers_are_kept_without_row_numbers(new_database):
    database = new_database()
    schema.migrate(database)
    if not database.is_sqlite:
        return  # PostgreSQL has no row numbers; its transaction ids are tested with feedback
    with database.reading() as db:
        for table in ("sealed_answers", "feedback_answers"):
            made = db.scalar(text("SELECT sql FROM sqlite_master WHERE name = :t"), {"t": table})
            assert "WITHOUT ROWID" in made.upper()


def test_the_way_back_leads_to_an_empty_database_and_forward_again(new_database):
    database = new_database()
    schema.migrate(database)
    command.downgrade(config_of(database), "base")
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}
    schema.migrate(database)
    schema.differences(database)


def test_migrating_twice_changes_nothing(new_database):
    database = new_database()
    schema.migrate(database)
    fill(database)
    before = rows_of(database)
    schema.migrate(database)
    assert rows_of(database) == before


def test_there_is_one_newest_version():
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    from portal import HOME

    script = ScriptDirectory.from_config(Config(HOME / "alembic.ini"))
    assert script.get_heads() == [schema.VERSION]


def test_rebuilding_a_table_loses_none_of_the_rows_that_point_at_it(new_database, tmp_path):
    """SQLite rebuilds a table to change it; with foreign keys on, that deletes its children."""
    versions = tmp_path / "versions"
    versions.mkdir()
    (versions / "rebuild.py").write_text(LATER_CHANGE.format(before=schema.VERSION))
    database = new_database()
    schema.migrate(database)
    fill(database)
    before = rows_of(database)
    keys = shape_of(database)["registrations"]["foreign keys"]
    command.upgrade(config_of(database, versions), "a_later_change")
    # Whose code is served is another question.
    told = {"compatible_schemas": before["compatible_schemas"]}
    assert rows_of(database) | told == before
    assert shape_of(database)["registrations"]["foreign keys"] == keys
    with database.engine.connect() as connection:
        if database.is_sqlite:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall() == []


def test_a_row_that_points_at_nothing_is_refused(new_database):
    database = new_database()
    schema.migrate(database)
    with pytest.raises(Exception, match=r"(?i)foreign key"), database.writing() as db:
        db.execute(Base.metadata.tables["event_tags"].insert().values(event_id=4711, tag="music"))


def test_deleting_an_event_takes_its_registrations_and_their_letters_along(new_database):
    database = new_database()
    schema.migrate(database)
    fill(database)
    with database.writing() as db:
        db.execute(Base.metadata.tables["events"].delete())
    left = rows_of(database)
    assert left["organizations"] == 1
    for table in ("registrations", "emails", "pass_tokens", "join_links", "event_tags"):
        assert left[table] == 0, table


def fill(database):
    with database.writing() as db:
        event = make_event(db, make_organization(db, owner=make_person(db)))
        registration = sign_up_guest(db, event)
        pass_key(db, registration, event)
    filled = rows_of(database)
    assert filled["registrations"] == 1
    assert filled["emails"] > 0


def rows_of(database):
    with database.reading() as db:
        return {
            table.name: db.scalar(select(func.count()).select_from(table))
            for table in Base.metadata.sorted_tables
        }
