"""Settings: from file and environment, wrong ones named by file and key, and every one documented."""

import tomllib
from pathlib import Path

import pytest

from gateway.settings import Settings, SettingsWrong, load

DEPLOY = Path(__file__).parents[2] / "deploy" / "gatepost.toml"


def write(folder: Path, text: str) -> Path:
    file = folder / "gatepost.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_an_unknown_key_names_the_file_and_the_key(tmp_path: Path) -> None:
    file = write(tmp_path, '[smtp]\nlistn = "127.0.0.1:1"\n')
    with pytest.raises(SettingsWrong) as wrong:
        load(file)
    assert str(file) in str(wrong.value)
    assert "'smtp.listn'" in str(wrong.value)


def test_the_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEPOST_SMTP__LISTEN", "127.0.0.1:2525")
    monkeypatch.setenv("GATEPOST_UNDO_SECONDS", "7")
    settings = load(write(tmp_path, '[smtp]\nlisten = "127.0.0.1:1"\nmax_size = 1000\n'))
    assert (settings.smtp.listen, settings.smtp.max_size, settings.undo_seconds) == (
        "127.0.0.1:2525",
        1000,
        7,
    )


def test_a_wrong_value_from_the_environment_names_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEPOST_SMTP__LISTEN", "nowhere")
    with pytest.raises(SettingsWrong, match="GATEPOST_SMTP__LISTEN"):
        load(write(tmp_path, ""))


@pytest.mark.parametrize("text", ["[smtp", 'undo_seconds = "soon"', "\x00", "undo_seconds = -1"])
def test_a_file_of_any_kind_is_an_error_that_names_it(tmp_path: Path, text: str) -> None:
    file = write(tmp_path, text)
    with pytest.raises(SettingsWrong, match=r"gatepost\.toml"):
        load(file)


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsWrong, match="gatepost init"):
        load(tmp_path / "gatepost.toml")


def test_the_store_stands_beside_the_settings_file(tmp_path: Path) -> None:
    assert load(write(tmp_path, "")).store_url == f"sqlite:///{tmp_path}/gatepost.db"


def test_every_setting_stands_in_the_deployed_file_with_its_default() -> None:
    written = tomllib.loads(DEPLOY.read_text(encoding="utf-8"))
    expected = Settings().model_dump(mode="json")
    assert written == expected


@pytest.mark.parametrize(
    ("section", "line", "form"),
    [
        ("smtp", 'front_networks = ["127.0.0.0/8", "10.0.0.300/8"]', '"127.0.0.0/8"'),
        ("smtp", 'front_networks = ["mx.example.org"]', "'mx.example.org' is none"),
        ("smtp", 'hostname = "mail example"', '"mail.example.org"'),
        ("smtp", 'hostname = "a\\r\\nb"', '"mail.example.org"'),
        ("smtp", 'hostname = "a.example\\n"', '"mail.example.org"'),
        ("smtp", 'hostname = "müll.example"', '"mail.example.org"'),
        ("submission", 'url = "smtp://127.0.0.1:0"', '"smtp://127.0.0.1:25"'),
        ("submission", 'url = "smtp://mail.example"', '"smtp://127.0.0.1:25"'),
        ("submission", 'url = "smtp://127.0.0.1:65536"', '"smtp://127.0.0.1:25"'),
        ("submission", 'url = "smtp://[::::]:25"', '"smtp://127.0.0.1:25"'),
        ("submission", 'url = "smtp://"', '"smtp://127.0.0.1:25"'),
    ],
)
def test_what_would_fail_while_serving_is_refused_with_the_form_it_should_have(
    tmp_path: Path, section: str, line: str, form: str
) -> None:
    file = write(tmp_path, f"[{section}]\n{line}\n")
    with pytest.raises(SettingsWrong) as wrong:
        load(file)
    said = str(wrong.value)
    assert said.startswith(f"{file}: key '{section}.{line.partition(' ')[0]}': must be ")
    assert form in said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("section", "line"),
    [
        ("smtp", 'front_networks = ["10.1.2.3/8", "2001:db8::/32", "192.0.2.7"]'),
        ("smtp", 'hostname = "[192.0.2.1]"'),
        ("smtp", 'hostname = "mail-1.example.org"'),
        ("submission", 'url = "smtp://[::1]:25"'),
        ("submission", 'url = "smtp://mail_out:587"'),
    ],
)
def test_networks_names_and_servers_as_people_write_them_are_taken(
    tmp_path: Path, section: str, line: str
) -> None:
    assert load(write(tmp_path, f"[{section}]\n{line}\n"))


def test_a_list_from_the_environment_that_is_no_json_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEPOST_SMTP__FRONT_NETWORKS", "10.0.0.0/8")
    with pytest.raises(SettingsWrong, match=r"GATEPOST_.*JSON"):
        load(write(tmp_path, ""))
