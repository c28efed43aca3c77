"""Files are kept and forgotten in a folder and in a bucket alike."""

import asyncio
from datetime import timedelta
from urllib.parse import quote

import pytest

from portal.config.settings import Settings, SettingsError, load_settings
from portal.core import clock
from portal.domain.publishing.images import actions as images
from portal.media.storage import Storage
from portal.worker import retention
from tests.factories import make_event, make_image, make_organization
from tests.processes import free_port, run_all
from tests.s3.server import BUCKET, s3_server
from tests.sample_images import picture_file

pytestmark = pytest.mark.processes

NO_BUCKET = {"media_url": "", "media_endpoint": ""}
KEY = "abcdefghijklmnopqrst_-"


@pytest.fixture(scope="session")
def s3_address():
    with s3_server() as address:
        yield address


def bucket(address, prefix):
    return {
        "media_url": f"s3://{BUCKET}/{prefix}",
        "media_endpoint": address,
        "media_access_key_id": "of-the-tests",
        "media_secret_access_key": "known-to-the-tests-alone",
    }


@pytest.fixture(params=["folder", "bucket"])
def storage(request, tmp_path):
    """An empty storage; tests that ask for it run once on each kind."""
    if request.param == "folder":
        return Storage(Settings(data_dir=tmp_path))
    address = request.getfixturevalue("s3_address")
    return Storage(Settings(data_dir=tmp_path, **bucket(address, quote(request.node.name))))


def read(storage, name):
    return asyncio.run(storage.read(name))


def names(storage, **asked):
    return sorted(name for batch in storage.names(**asked) for name in batch)


def test_a_file_is_read_as_it_was_written(storage):
    storage.save(f"{KEY}/480.webp", b"\0pixels")
    storage.save(f"{KEY}/480.jpg", b"others")
    assert read(storage, f"{KEY}/480.webp") == b"\0pixels"
    assert read(storage, f"{KEY}/960.webp") is None
    assert names(storage) == [f"{KEY}/480.jpg", f"{KEY}/480.webp"]
    storage.save(f"{KEY}/480.jpg", b"written again")
    assert read(storage, f"{KEY}/480.jpg") == b"written again"


def test_names_are_listed_by_prefix_and_age(storage):
    storage.save(f"{KEY}/480.webp", b"one")
    storage.save("another-key-of-22-chars/480.webp", b"two")
    assert names(storage, prefix=KEY) == [f"{KEY}/480.webp"]
    soon = clock.now() + timedelta(minutes=1)
    assert len(names(storage, before=soon)) == 2
    assert names(storage, before=soon - timedelta(hours=1)) == []


def test_what_is_forgotten_is_gone_and_may_be_forgotten_twice(storage):
    storage.save(f"{KEY}/480.webp", b"one")
    storage.forget([f"{KEY}/480.webp", f"{KEY}/960.webp"])
    storage.forget([f"{KEY}/480.webp"])
    assert read(storage, f"{KEY}/480.webp") is None
    assert names(storage) == []


def test_a_folder_is_for_its_owner_alone(tmp_path):
    storage = Storage(Settings(data_dir=tmp_path))
    storage.save(f"{KEY}/480.webp", b"one")
    assert (tmp_path / "media" / KEY / "480.webp").read_bytes() == b"one"
    assert (tmp_path / "media").stat().st_mode & 0o077 == 0


def test_another_folder_can_be_named(tmp_path):
    folder = tmp_path / "elsewhere with space"
    storage = Storage(Settings(data_dir=tmp_path, media_url=f"file://{quote(str(folder))}"))
    storage.save(f"{KEY}/480.webp", b"one")
    assert (folder / KEY / "480.webp").exists()
    assert not (tmp_path / "media").exists()


def test_two_portals_in_one_bucket_do_not_see_each_other(tmp_path, s3_address):
    ours, theirs = (
        Storage(Settings(data_dir=tmp_path, **bucket(s3_address, name)))
        for name in ("our", "their")
    )
    ours.save(f"{KEY}/480.webp", b"ours")
    assert read(theirs, f"{KEY}/480.webp") is None
    assert names(theirs) == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PORTAL_MEDIA_URL", "https://bucket.example.org", "s3://bucket/prefix"),
        ("PORTAL_MEDIA_URL", "s3://", "s3://bucket/prefix"),
        ("PORTAL_MEDIA_URL", "file://relative", "file:///folder"),
        ("PORTAL_MEDIA_ENDPOINT", "storage.example.org", "must be an address"),
        ("PORTAL_MEDIA_ACCESS_KEY_ID", "alone", "go together"),
    ],
)
def test_a_storage_that_cannot_be_is_said_at_the_start(monkeypatch, name, value, said):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=said):
        load_settings()


def test_an_operator_is_told_of_a_storage_that_does_not_answer(tmp_path):
    nobody = bucket(f"http://127.0.0.1:{free_port()}", "nothing")
    _migrated, bad, good = run_all(tmp_path, ["migrate"], ["check", nobody], ["check", NO_BUCKET])
    assert bad.code == 1
    assert "the storage of pictures does not answer" in bad.err
    assert good.code == 0


@pytest.fixture
def event(database):
    with database.writing() as db:
        made = make_event(db, make_organization(db))
        db.expunge(made)
        return made


def test_files_follow_their_image_out(database, storage, event):
    with database.writing() as db:
        gone, kept = (make_image(db, event, storage=storage) for _each in range(2))
        gone_key, kept_key = gone.key, kept.key
    with database.writing() as db:
        images.remove(db, db.merge(gone))
    assert retention.delete_removed(database, storage) == 1
    assert names(storage, prefix=gone_key) == []
    assert len(names(storage, prefix=kept_key)) == 6
    assert retention.delete_removed(database, storage) == 0


def test_files_that_never_got_a_row_are_swept_after_a_day_and_nothing_else(
    database, storage, event, tmp_path
):
    with (tmp_path / "picture").open("wb+") as file:
        file.write(picture_file())
        left = images.store_image(storage, file)
    storage.save("somebody-elses-report.pdf", b"not ours")
    storage.save("folder/480.webp", b"not ours")
    with database.writing() as db:
        key = make_image(db, event, storage=storage).key
    assert retention.sweep(database, storage, clock.now()) == 0
    later = clock.now() + timedelta(days=1, minutes=1)
    assert retention.sweep(database, storage, later) == 4
    assert names(storage, prefix=left.key) == []
    assert len(names(storage, prefix=key)) == 6
    assert read(storage, "somebody-elses-report.pdf") == b"not ours"
    assert read(storage, "folder/480.webp") == b"not ours"
