"""Secrets lie in files, each named like the setting it is."""

import pytest

from portal.config.settings import SettingsError, load_settings


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("PORTAL_SECRETS_DIR", str(tmp_path))
    return tmp_path


def test_a_file_stands_for_a_setting_and_the_environment_goes_first(folder, monkeypatch):
    (folder / "portal_smtp_url").write_text("smtps://post.example.org\n")
    (folder / "portal_site_name").write_text("Of the file\n")
    (folder / "seal_key").write_text("no setting\n")
    monkeypatch.setenv("PORTAL_SITE_NAME", "Of the environment")
    settings = load_settings()
    assert settings.smtp_url == "smtps://post.example.org"
    assert settings.site_name == "Of the environment"


def test_what_cannot_be_is_said_without_its_text(folder):
    (folder / "portal_secret_keys").write_text("short-and-secret")
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert "PORTAL_SECRET_KEYS: each key needs" in str(refused.value)
    assert "short-and-secret" not in str(refused.value)


def test_a_folder_that_is_not_there_is_no_empty_one(folder, monkeypatch):
    monkeypatch.setenv("PORTAL_SECRETS_DIR", str(folder / "elsewhere"))
    with pytest.raises(SettingsError, match=r"PORTAL_SECRETS_DIR: there is no folder"):
        load_settings()
