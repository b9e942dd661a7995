"""Settings: from file and environment, wrong ones named by file and key, and every one documented."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from gateway.settings import AdminSettings, Settings, SettingsWrong, load

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
    monkeypatch.setenv("GATEPOST_STORE__MIN_FREE", "1048576")
    settings = load(write(tmp_path, '[smtp]\nlisten = "127.0.0.1:1"\nmax_size = 1000\n'))
    assert (settings.smtp.listen, settings.smtp.max_size, settings.undo_seconds) == (
        "127.0.0.1:2525",
        1000,
        7,
    )
    assert settings.store.min_free == 1_048_576


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
        ("smtp", 'front_networks = ["mx.example.org"]', '(given: "mx.example.org")'),
        ("smtp", 'hostname = "mail example"', '"mail.example.org"'),
        ("smtp", 'hostname = "a\\r\\nb"', '"mail.example.org"'),
        ("smtp", 'hostname = "a.example\\n"', '"mail.example.org"'),
        ("smtp", 'hostname = "müll.example"', '"mail.example.org"'),
        ("store", "min_free = -1", '"auto"'),
        ("store", 'min_free = "1 GiB"', '"auto"'),
        ("store", "min_free = true", '"auto"'),
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
    assert said.startswith(f"{file}:2: key '{section}.{line.partition(' ')[0]}' must be ")
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


def test_a_variable_that_is_no_json_is_named_with_what_it_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEPOST_SMTP", "connections = 100")
    with pytest.raises(SettingsWrong) as wrong:
        load(write(tmp_path, ""))
    assert str(wrong.value) == (
        "environment variable GATEPOST_SMTP: must be JSON, as in '{\"connections\": 100}' "
        '(given: "connections = 100")'
    )


@pytest.mark.parametrize(
    ("variable", "value", "key"),
    [
        ("GATEPOST_SMTP", '{"max_size": 0}', "smtp.max_size"),
        ("GATEPOST_SMTP__FRONT_NETWORKS", '["mx.example.org"]', "smtp.front_networks"),
        ("GATEPOST_SMTP__LISTEN__PORT", "25", "smtp.listen"),
        ("gatepost_undo_seconds", "soon", "undo_seconds"),
        ("GATEPOST_ADMINS", "[{}]", "admins.address"),
    ],
)
def test_the_variable_that_is_wrong_is_named_however_it_says_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, key: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsWrong) as wrong:
        load(write(tmp_path, "[smtp]\nmax_size = 1\n"))
    assert str(wrong.value).startswith(f"environment variable {variable}: key '{key}' ")


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (
            "[http]\nundo_seconds = 5\n",
            "'undo_seconds' stands at the top of the file, above the first [section]",
        ),
        ("[http]\nmin_free = 5\n", "'min_free' belongs under [store]"),
        ("octets_days = 5\n", "'octets_days' belongs under [retention]"),
    ],
)
def test_a_key_in_the_wrong_place_is_told_its_own(tmp_path: Path, written: str, told: str) -> None:
    with pytest.raises(SettingsWrong) as wrong:
        load(write(tmp_path, written))
    assert str(wrong.value).endswith(f"; {told}")


def leaves(model: type[BaseModel], *section: str) -> Iterator[tuple[str, ...]]:
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from leaves(field.annotation, *section, name)
        else:
            yield (*section, name)


# What no setting of the default's type can be, as TOML and as the sentence shows it.
WRONG: dict[type, tuple[str, ...]] = {
    int: ("-1", "1.5", '"soon"', "true", "[]"),
    bool: ("3", '"perhaps"', "[]"),
    str: ("7", "true", '["x"]'),
    tuple: ('"x"', "[7]", '["x"]'),
}


def default(names: tuple[str, ...]) -> object:
    value: object = AdminSettings(address="") if names[0] == "admins" and names[1:] else Settings()
    for name in names[1:] if names[0] == "admins" and names[1:] else names:
        value = getattr(value, name)
    return value


EVERY = [
    (".".join(names), value)
    for names in [*leaves(Settings), *leaves(AdminSettings, "admins")]
    # A reserve is a number, and "auto" unless somebody gives one.
    for value in WRONG[int if names[-1] == "min_free" else type(default(names))]
]


@pytest.mark.parametrize(("key", "value"), EVERY)
def test_a_wrong_value_of_each_setting_is_one_sentence_of_ours(tmp_path: Path, key: str, value: str) -> None:
    section, _, name = key.rpartition(".")
    head = {"": "", "admins": "[[admins]]\n"}.get(section, f"[{section}]\n")
    if name in ("name", "user"):
        head += 'address = "a"\n'
    file = write(tmp_path, f"\n{head}{name} = {value}\n")
    with pytest.raises(SettingsWrong) as wrong:
        load(file)
    said = str(wrong.value)
    assert said.startswith(f"{file}:{len(file.read_text().splitlines())}: key '{key}' must be ")
    given = json.loads(value)
    shown = [given, given[0] if isinstance(given, list) and given else given]
    assert any(said.endswith(f" (given: {json.dumps(one)})") for one in shown)
    assert not [word for word in ("pydantic", "Input", "valid ", "\n") if word in said]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[quotas]\nauthor = -5", "2: key 'quotas.author' must be a whole number, 0 or more (given: -5)"),
        (
            "[quotas]\ndigest_minutes = 5000",
            "2: key 'quotas.digest_minutes' must be a whole number from 1 to 1440 (given: 5000)",
        ),
        (
            '[authentication]\nresolver = "on"',
            '2: key \'authentication.resolver\' must be "off", "system" or "ADDRESS:PORT" of a nameserver, as in "127.0.0.1:53" (given: "on")',
        ),
        ("[quotas]\n# few\nautor = 5", "3: unknown key 'quotas.autor'; did you mean 'quotas.author'?"),
        ("[quota]\nauthor = 5", "1: unknown key 'quota'; did you mean 'quotas'?"),
        ("[colours]", "1: unknown key 'colours'; 'gatepost init DIR' writes a file with every key"),
        ("quotas = 5", "1: key 'quotas' must be a section with keys of its own (given: 5)"),
        ("smtp.listen = 'x'\n[quotas]\nlisten = ''", "1: key 'smtp.listen' must be \"HOST:PORT\""),
        (
            "[[admins]]\naddress = 'a'\n[[admins]]\nname = 'x'",
            "3: key 'admins.address' is missing",
        ),
        ('[journal]\nformat = "xml"', '2: key \'journal.format\' must be "json" or "console" (given: "xml")'),
        (
            '[store]\nurl = "mysql://x"',
            '2: key \'store.url\' must be "sqlite:///FILE", as in "sqlite:///gatepost.db" (given: "mysql://x")',
        ),
    ],
)
def test_it_says_where_it_stands_what_it_may_be_and_what_was_given(
    tmp_path: Path, text: str, told: str
) -> None:
    file = write(tmp_path, text)
    with pytest.raises(SettingsWrong) as wrong:
        load(file)
    assert str(wrong.value).startswith(f"{file}:{told}")
