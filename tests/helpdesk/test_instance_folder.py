"""An instance is its folder: what is chosen once, every later command finds."""

import os
import stat
import tempfile
from pathlib import Path

import pytest

from helpdesk.local.instance import SOCKET_FOLDER_BYTES, Instance


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_instance_has_the_usual_ports_and_is_no_demo(tmp_path: Path) -> None:
    instance = Instance(tmp_path / "data")
    assert (instance.port, instance.smtp_port, instance.demo) == (8000, 8025, False)
    assert instance.knows("demo", default=True) is True
    assert not instance.folder.exists()


def test_what_was_chosen_is_found_by_another_process(tmp_path: Path) -> None:
    Instance(tmp_path / "data").choose(port=9000, demo=True)
    Instance(tmp_path / "data").choose(smtp_port=9025)
    found = Instance(tmp_path / "data")
    assert (found.port, found.smtp_port, found.demo) == (9000, 9025, True)


def test_a_broken_file_of_choices_is_as_none(tmp_path: Path) -> None:
    (tmp_path / "instance.json").write_text('{"port": 90')
    assert Instance(tmp_path).port == 8000


def test_nobody_else_may_look_into_the_folder_or_at_the_key(tmp_path: Path) -> None:
    instance = Instance(tmp_path / "data")
    instance.secret_key()
    assert (mode(instance.folder), mode(instance.folder / "secret-key")) == (0o700, 0o600)
    assert mode(instance.prepare_sockets()) == 0o700


def test_the_key_is_made_once(tmp_path: Path) -> None:
    first = Instance(tmp_path / "data").secret_key()
    assert len(first) > 60
    assert Instance(tmp_path / "data").secret_key() == first
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret-key"]


def test_sockets_of_a_deep_folder_are_where_their_paths_are_short(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    deep = Instance(tmp_path / ("d" * SOCKET_FOLDER_BYTES))
    assert deep.sockets.parent == tmp_path
    assert deep.sockets != Instance(tmp_path / ("e" * SOCKET_FOLDER_BYTES)).sockets
    assert Instance(Path("/srv/helpdesk")).sockets == Path("/srv/helpdesk/sockets")


@pytest.mark.parametrize("trap", ["link", "file"])
def test_a_trap_where_the_sockets_should_be_is_refused(tmp_path: Path, monkeypatch, trap: str) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    deep = Instance(tmp_path / ("d" * SOCKET_FOLDER_BYTES))
    if trap == "link":
        deep.sockets.symlink_to(tmp_path)
    else:
        deep.sockets.write_text("")
    for attempt in (deep.prepare_sockets, lambda: Instance(deep.folder).sockets):
        with pytest.raises(PermissionError, match="belongs to somebody else"):
            attempt()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    instance = Instance(tmp_path)
    instance.sockets.mkdir()
    os.chown(instance.sockets, 12345, -1)
    with pytest.raises(PermissionError, match="belongs to somebody else"):
        instance.prepare_sockets()
