"""What has others run the crawls is such as they take, whatever the paths are."""

import json
import shlex
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from cronsim import CronSim

from archive.model.schedule import Cron, Interval
from archive.model.source import Source
from archive.service.unit_files import FORMATS, Installation, cron, docker, github, minutes_of, systemd

ODD = "a b%c $HOME \"q\" 's' ü"


def installation(folder: Path, *, program: str = "cuttings") -> Installation:
    return Installation(
        program=(str(folder / program),), config=folder / "cut tings.toml", archive=folder / "cuttings.db",
        requirement="cuttings @ https://packages.example/cuttings.zip",
    )  # fmt: skip


@pytest.fixture
def odd(tmp_path: Path) -> Installation:
    """In a folder whose name has all that formats take for something else; the program prints its arguments."""
    folder = tmp_path / ODD
    folder.mkdir()
    program = folder / "cuttings"
    program.write_text('#!/bin/sh\nfor each; do printf "%s\\n" "$each"; done\nexit "$CODE"\n')
    program.chmod(0o755)
    return installation(folder)


def test_cron_runs_the_program_with_its_configuration(odd: Installation) -> None:
    line = next(line for line in cron(odd)["crontab"].splitlines() if "crawl" in line)
    *fields, command = line.split(" ", 5)
    next(CronSim(" ".join(fields), datetime(2026, 1, 1, tzinfo=UTC)))

    shell = command.replace("\\%", "%").replace(" >/dev/null 2>&1", "")  # what cron makes of it
    done = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=False, env={"CODE": "0"})

    assert done.stdout.splitlines() == ["--config", str(odd.config), "crawl", "--due"]


@pytest.mark.parametrize(("code", "mailed"), [("0", ""), ("3", "status")])
def test_cron_mails_what_is_wrong_and_nothing_else(odd: Installation, code: str, mailed: str) -> None:
    line = next(line for line in cron(odd)["crontab"].splitlines() if "--check" in line)
    shell = line.split(" ", 5)[5].replace("\\%", "%")

    done = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=False, env={"CODE": code})

    assert ("status" if "status" in done.stdout else "") == mailed


def test_a_service_has_the_words_of_its_command_each_in_quotes(odd: Installation) -> None:
    files = systemd(odd)
    (start,) = [line for line in files["cuttings.service"].splitlines() if line.startswith("ExecStart=")]

    # What systemd undoes: specifiers, variables, quotes.
    words = shlex.split(start.removeprefix("ExecStart=").replace("%%", "%").replace("$$", "$"))

    assert words == list(odd.crawl)
    assert "Persistent=true" in files["cuttings.timer"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_finds_nothing_wrong(odd: Installation, tmp_path: Path) -> None:
    for name, text in systemd(odd).items():
        (tmp_path / name).write_text(text)

    done = subprocess.run(
        ["systemd-analyze", "verify", "--user", str(tmp_path / "cuttings.timer")],
        capture_output=True,
        text=True,
        check=False,
    )

    assert "cuttings.service" not in done.stderr


def test_a_workflow_is_yaml_whatever_the_names_are(odd: Installation) -> None:
    workflow: Any = yaml.safe_load(github(odd)[".github/workflows/cuttings.yml"])

    steps = workflow["jobs"]["crawl"]["steps"]
    commands = [step["run"] for step in steps if "run" in step]
    install = "pip install 'cuttings @ https://packages.example/cuttings.zip'"
    assert commands == [install, "cuttings --config 'cut tings.toml' crawl --due || [ $? -eq 3 ]"]
    (cron_line,) = workflow[True]["schedule"]  # `on` is a truth value in YAML 1.1
    next(CronSim(cron_line["cron"], datetime(2026, 1, 1, tzinfo=UTC)))
    assert workflow["concurrency"] == {"group": "cuttings"}


def test_an_image_runs_as_nobody_special_and_stays(odd: Installation) -> None:
    files = docker(odd)
    lines = files["Dockerfile"].splitlines()

    command = next(line for line in lines if line.startswith("CMD "))
    assert json.loads(command.removeprefix("CMD ")) == ["cuttings", "--config", "cut tings.toml", "schedule", "run"]
    assert lines.index("USER cuttings") < lines.index(command)
    compose: Any = yaml.safe_load(files["compose.yaml"])
    assert compose["services"]["cuttings"]["volumes"] == [".:/project"]


@pytest.mark.parametrize("name", ["docker", "github"])
def test_nothing_is_installed_by_a_name_that_anybody_may_register(odd: Installation, name: str) -> None:
    wheel = "cuttings-9.9-py3-none-any.whl"

    unknown = "".join(FORMATS[name](replace(odd, requirement=None)).values())
    file = "".join(FORMATS[name](replace(odd, requirement=wheel, wheel=True)).values())

    assert "pip install" not in unknown
    (step,) = [line for line in unknown.splitlines() if "--wheel FILE" in line]
    shell = step.split("RUN ")[1] if name == "docker" else yaml.safe_load(step.strip().removeprefix("- "))["run"]
    stopped = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=False)
    assert (stopped.returncode, stopped.stderr.count("\n")) == (1, 1)
    copied = f'COPY ["{wheel}", "./"]\nRUN pip install --no-cache-dir ./{wheel}\n'
    assert (copied if name == "docker" else f"pip install ./{wheel}") in file


@pytest.mark.parametrize(
    ("every", "minutes"), [((), 10), ((3600,), 10), ((120, 900), 2), ((60,), 1), ((420,), 6)]
)  # fmt: skip
def test_somebody_looks_as_often_as_the_shortest_interval_wants(every: tuple[int, ...], minutes: int) -> None:
    sources = [Source(id=str(n), url="http://a.test/", name="A", every=Interval(each)) for n, each in enumerate(every)]
    daily = Source(id="daily", url="http://a.test/", name="A", every=Cron("0 6 * * *"))

    assert minutes_of([*sources, daily]) == minutes
