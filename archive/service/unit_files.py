"""Files that have others run the crawls: systemd, cron, GitHub Actions, Docker. Pure: an installation in, texts out.

Each is written for what an installation is: the path of its program and of its configuration, quoted as the format
wants it. They hold no host name and no secret.
"""

import json
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Final

from archive.model.schedule import Interval
from archive.model.source import Source

_USUAL: Final = 10  # minutes; `crawl --due` ends at once where nothing is due
_DIVISORS: Final = (1, 2, 3, 4, 5, 6, 10)  # minutes that an hour can be divided by


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """Where the program and a project stand.

    `requirement` is what pip takes to install the program elsewhere: a wheel, by its name in the project's folder, or
    where this installation came from; None where neither is known. A name alone is none: nobody knows whose package a
    registry has under it.

    `minutes` is how often somebody is to look whether anything is due.
    """

    program: tuple[str, ...]
    config: Path  # absolute
    archive: Path  # absolute
    requirement: str | None
    wheel: bool = False  # the requirement is a file
    minutes: int = _USUAL

    @property
    def crawl(self) -> tuple[str, ...]:
        """The command that does what is due."""
        return (*self.program, "--config", str(self.config), "crawl", "--due")

    @property
    def check(self) -> tuple[str, ...]:
        """The command that says what is wrong."""
        return (*self.program, "--config", str(self.config), "status", "--check")


def minutes_of(sources: Sequence[Source]) -> int:
    """How often to look whether anything is due: as often as the shortest interval wants it, ten minutes at most."""
    wanted = [source.every.seconds / 60 for source in sources if source.enabled and isinstance(source.every, Interval)]
    shortest = min([_USUAL, *wanted])
    return max(each for each in _DIVISORS if each <= max(1, shortest))


def systemd(at: Installation) -> dict[str, str]:
    """A service and its timer, for `systemctl --user` (systemd.service(5), systemd.timer(5))."""
    service = f"""\
        # Install: copy both files to ~/.config/systemd/user/, then
        #   systemctl --user daemon-reload && systemctl --user enable --now cuttings.timer
        # To go on while nobody is logged in: loginctl enable-linger
        # What it says: journalctl --user -u cuttings
        [Unit]
        Description=Cuttings: crawl what is due

        [Service]
        Type=oneshot
        WorkingDirectory={_percent(str(at.config.parent))}
        ExecStart={" ".join(map(_systemd_word, at.crawl))}
        # 3: a listing could not be read; 4: another run was going on
        SuccessExitStatus=3 4
        Nice=10
        """
    timer = f"""\
        [Unit]
        Description=Cuttings: look every {at.minutes} minutes whether anything is due

        [Timer]
        OnCalendar=*:0/{at.minutes}
        RandomizedDelaySec=20
        # What was missed while the machine was off is caught up with once.
        Persistent=true

        [Install]
        WantedBy=timers.target
        """
    return {"cuttings.service": dedent(service), "cuttings.timer": dedent(timer)}


def cron(at: Installation) -> dict[str, str]:
    """Lines for `crontab -e` (crontab(5)). Cron mails what a command prints: the crawl's part is its log."""
    crawl, check = (_cron_command(each) for each in (at.crawl, at.check))
    return {
        "crontab": (
            "# Add these lines with: crontab -e\n"
            f"*/{at.minutes} * * * * {crawl} >/dev/null 2>&1\n"
            "# Once a day what is wrong, if anything is, by cron's mail.\n"
            f'7 7 * * * found=$({check} 2>&1) || echo "$found"\n'
        )
    }


def github(at: Installation) -> dict[str, str]:
    """A workflow for GitHub Actions. It is for a repository that holds the configuration."""
    install = _STOP if at.requirement is None else f"pip install {shlex.quote(_from_project(at))}"
    crawl = f"cuttings --config {shlex.quote(at.config.name)} crawl --due || [ $? -eq 3 ]"
    archive = at.archive.name
    kept = f"path: |\n            {archive}*\n            {at.archive.stem}-warc\n          "
    text = f"""\
# Put this file and {at.config.name} into a repository, the archive beside it. It is kept in the repository's cache
# between runs: GitHub drops what was not used for seven days and what is beyond 10 GB, and starts late when it is busy.
# Start the workflow by hand for a copy of the archive to fetch. For years of crawls use a machine of your own.
name: cuttings
on:
  schedule:
    - cron: "*/{max(at.minutes, _OFTEN_FOR_GITHUB)} * * * *"
  workflow_dispatch:
permissions:
  contents: read
concurrency: # one run at a time
  group: cuttings
jobs:
  crawl:
    runs-on: ubuntu-latest
    timeout-minutes: 60
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: {json.dumps(install)}
      - uses: actions/cache/restore@v4
        with:
          {kept}key: cuttings-${{{{ github.run_id }}}}
          restore-keys: cuttings-
      - run: {json.dumps(crawl)}
      - uses: actions/cache/save@v4
        if: always()
        with:
          {kept}key: cuttings-${{{{ github.run_id }}}}
      - uses: actions/upload-artifact@v4
        if: github.event_name == 'workflow_dispatch'
        with:
          name: archive
          {kept}retention-days: 7
"""
    return {".github/workflows/cuttings.yml": text}


_OFTEN_FOR_GITHUB: Final = 30  # minutes; it counts each begun minute of a run


def docker(at: Installation) -> dict[str, str]:
    """An image whose one process is `cuttings schedule run`, and a compose file with its volume."""
    command = json.dumps(["cuttings", "--config", at.config.name, "schedule", "run"])
    check = json.dumps(["cuttings", "--config", at.config.name, "status", "--check"])
    image = f"""\
FROM python:3.12-slim
{_install(at)}
RUN useradd --create-home --uid 10001 cuttings
USER cuttings
WORKDIR /project
# SIGTERM ends it within seconds, wherever the crawl is.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15m --start-period=1h CMD {check}
CMD {command}
"""
    compose = f"""\
# Stands beside {at.config.name}. The archive has to be in this folder, and the folder to be writable by user 10001.
# docker compose up --detach; docker compose logs --follow
services:
  cuttings:
    build: .
    restart: unless-stopped
    stop_grace_period: 30s
    volumes:
      - .:/project
"""
    return {"Dockerfile": image, "compose.yaml": compose}


FORMATS: Final[Mapping[str, Callable[[Installation], dict[str, str]]]] = {
    "systemd": systemd,
    "cron": cron,
    "github": github,
    "docker": docker,
}


# Quoting -------------------------------------------------------------------------------------------------------------


def _percent(text: str) -> str:
    """Text of a unit without specifiers (systemd.unit(5), "Specifiers")."""
    return text.replace("%", "%%")


def _systemd_word(word: str) -> str:
    """One word of a command line (systemd.service(5), "Command lines"; systemd.syntax(7), "Quoting")."""
    quoted = word.replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return f'"{_percent(quoted)}"'


def _cron_command(words: Sequence[str]) -> str:
    """A shell command as it stands in a crontab, where a bare % is the end of the line."""
    return shlex.join(words).replace("%", "\\%")


def _install(at: Installation) -> str:
    """Lines of a Dockerfile that install the program."""
    if at.requirement is None:
        return f"RUN {_STOP}"
    if not at.wheel:
        return f"RUN pip install --no-cache-dir {shlex.quote(at.requirement)}"
    copied = json.dumps([at.requirement, "./"])
    return f"COPY {copied}\nRUN pip install --no-cache-dir {shlex.quote(_from_project(at))}"


def _from_project(at: Installation) -> str:
    return f"./{at.requirement}" if at.wheel else str(at.requirement)


_STOP: Final = (
    "echo 'Where cuttings is to come from is not known: put a wheel of it beside this file and print this anew with "
    "--wheel FILE.' >&2; exit 1"
)
