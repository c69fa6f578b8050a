"""Files and folders that are closed to a user, or that can only be read."""

import io
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from archive.cli import main
from tests.robustness.errors.desk import is_one_sentence


@pytest.fixture
def public(kept: Path) -> Iterator[Path]:
    """The project in a folder that every user can reach."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(shutil.copytree(kept, Path(name) / "project"))
        Path(name).chmod(0o755)
        yield folder
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755)


@contextmanager
def as_a_guest() -> Iterator[None]:
    """Be a user whom modes stop; root is stopped by none."""
    if os.getuid() != 0:
        yield
        return
    os.setresuid(65534, 65534, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


@pytest.mark.parametrize(
    ("closed", "mode", "command", "sentence"),
    [
        ("cuttings.db", 0o000, ("status",), r"cuttings\.db: cannot be opened \(Permission denied\)"),
        ("cuttings.db", 0o000, ("export",), r"cuttings\.db: cannot be opened \(Permission denied\)"),
        ("cuttings.db", 0o000, ("backup", "copy.db"), r"cuttings\.db: cannot be opened \(Permission denied\)"),
        (".", 0o555, ("learned", "--keep", "1"), r"cuttings\.db\.lock: cannot be written \(Permission denied\)"),
        (".", 0o555, ("crawl",), r"cuttings\.db\.lock: cannot be written \(Permission denied\)"),
        (".", 0o555, ("export", "-o", "out.jsonl"), r"out\.jsonl: cannot be written \(Permission denied\)"),
        (".", 0o555, ("backup", "copy.db"), r"copy\.db: cannot be written \(Permission denied\)"),
        (".", 0o555, ("init", "new"), r"new: cannot be written \(Permission denied\)"),
        (".", 0o555, ("demo", "--dir", "new"), r"new: cannot be written \(Permission denied\)"),
        ("cuttings-warc", 0o000, ("show", "1", "--raw"), r"\.warc\.gz: cannot be used \(Permission denied\)"),
        ("cuttings-warc", 0o000, ("backup", "copy.db", "--warc"), r"-warc: no backup was made \(Permission denied\)"),
        ("cuttings.toml", 0o000, ("check",), r"cuttings\.toml: cannot be read: Permission denied"),
    ],
)  # fmt: skip
def test_what_is_closed_to_a_user_is_named(
    public: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], closed: str, mode: int,
    command: tuple[str, ...], sentence: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(public)
    if command[0] not in {"init", "demo"}:
        with pytest.raises(SystemExit):
            main(("--config", "none.toml", *command))  # loads what the command needs while it can be read
    public.chmod(0o777)
    (public / closed).chmod(mode)
    capfd.readouterr()

    with as_a_guest(), pytest.raises(SystemExit) as ended:
        main(command)

    out, err = capfd.readouterr()
    assert is_one_sentence(err), err
    assert re.search(sentence, err), err
    assert (ended.value.code, out) == (2 if closed == "cuttings.toml" else 1, "")


def test_an_archive_in_a_folder_that_cannot_be_written_is_read(
    public: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(public)
    commands = (("status",), ("search", "mill"), ("show", "1"), ("show", "1", "--raw"), ("export",), ("learned",))
    ended: list[object] = []
    for guest in (False, True):
        if guest:
            for beside in public.glob("cuttings.db-*"):
                beside.unlink()
            public.chmod(0o555)
        for command in commands:
            with as_a_guest() if guest else closing(io.BytesIO()), pytest.raises(SystemExit) as end:
                main(command)
            ended.append(end.value.code)

    assert ended == [0] * 12, capfd.readouterr().err
