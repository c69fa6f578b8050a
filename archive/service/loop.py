"""A process that stays: sleeps until something is due, has it crawled by a process of its own, and sleeps again.

One crawl at a time, each in a child process: a crawl that crashes costs itself alone. Time that went by in sleep is
caught up with once. The configuration is read anew at each wake, so that a change takes effect without a restart.
"""

import logging
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from filelock import FileLock, Timeout

from archive.config import toml
from archive.errors import BusyError, CuttingsError, cannot_be_written
from archive.storage.store import Store
from archive.storage.tables.events import Event, EventKind

LONGEST: Final = timedelta(minutes=5)  # asleep at a time: a clock that is set, or a machine that slept, shows by then
SHORTEST: Final = timedelta(minutes=1)  # between two crawls
AFTER_A_FAILURE: Final = timedelta(minutes=5)
_MINUTES: Final = int(AFTER_A_FAILURE / timedelta(minutes=1))
_BUSY: Final = BusyError.exit_code

# When each source has something due next, where nothing is due now; None where there is something to do.
Idle = Callable[[toml.Config, datetime], Mapping[str, datetime] | None]


def now_here() -> datetime:
    """The machine's time. `archive.times.utc_now` is set once; this process lives for months."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Timetable:
    """The plan of one project. `command` crawls what is due; `say` takes a line for the log."""

    path: Path
    command: Sequence[str]
    idle: Idle
    say: Callable[[str], None]
    _scheduler: BlockingScheduler = field(init=False)
    _crawl: "subprocess.Popen[bytes] | None" = None
    _told: str = ""
    _ending: bool = False

    def __post_init__(self) -> None:
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a line a wake says nothing that `say` does not
        self._scheduler = BlockingScheduler(timezone=UTC, executors={"default": ThreadPoolExecutor(1)})

    def work(self) -> None:
        """Go on until SIGINT or SIGTERM. Raises BusyError where another one works for the same archive."""
        settings = toml.load(self.path)
        with _alone(settings.archive), self._ended_by_signals():
            self._again(now_here())
            self._scheduler.start()
            if crawl := self._crawl:
                crawl.wait()

    def _again(self, when: datetime) -> None:
        """Wake at that time, however late it is noticed."""
        if self._ending:
            return
        self._scheduler.add_job(
            self._wake, "date", run_date=when, id="wake", replace_existing=True, misfire_grace_time=None
        )

    def _wake(self) -> None:
        try:
            self._again(self._look())
        except Exception as error:  # noqa: BLE001 - the border of a job: one that fails must not be the last
            # A configuration that is being edited, an archive that is locked.
            reason = error if isinstance(error, CuttingsError) else f"{type(error).__name__}: {error}"
            self._say_once(f"{reason}; looking again in {_MINUTES} minutes")
            self._again(now_here() + AFTER_A_FAILURE)

    def _look(self) -> datetime:
        """Do what is due, if anything is. Returns when to look again."""
        settings = toml.load(self.path)
        following = self.idle(settings, now_here())
        if following is None:
            code = self._run()
            if code == _BUSY:
                self._skipped(settings)
            if code not in (0, 3):  # 3: some listing could not be read, which its own pace takes into account
                return now_here() + AFTER_A_FAILURE
            # What is due still waits for something else: a budget, a pause. Looking each minute would not help it.
            return now_here() + (LONGEST if self.idle(settings, now_here()) is None else SHORTEST)
        source, due = min(following.items(), key=lambda item: (item[1], item[0]))
        self._say_once(f"next: {source} at {due:%Y-%m-%d %H:%M:%S} UTC")
        return max(min(due, now_here() + LONGEST), now_here() + timedelta(seconds=1))

    def _run(self) -> int:
        """Crawl. Returns its exit code."""
        self._told = ""
        # In a group of its own: Ctrl-C in a terminal reaches this process, which tells the crawl.
        self._crawl = crawl = subprocess.Popen(self.command, process_group=0, stdin=subprocess.DEVNULL)  # noqa: S603 - our own
        if self._ending:  # told in this very moment
            crawl.terminate()
        try:
            code = crawl.wait()
        finally:
            self._crawl = None
        if code not in (0, 3, _BUSY) and not self._ending:
            self.say(f"the crawl ended with exit code {code}; the next is in {_MINUTES} minutes at the earliest")
        return code

    def _skipped(self, settings: toml.Config) -> None:
        detail = "a run was skipped, for another was going on"
        self.say(detail)
        with closing(Store.open(settings.archive)) as store:
            store.note_event(Event(kind=EventKind.SKIPPED, when=now_here(), detail=detail))

    def _say_once(self, line: str) -> None:
        if line != self._told:
            self.say(line)
            self._told = line

    # End -------------------------------------------------------------------------------------------------------------

    @contextmanager
    def _ended_by_signals(self) -> Iterator[None]:
        before = {number: signal.signal(number, self._end) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _end(self, *_: object) -> None:
        """End within seconds: a crawl that is going on is told, and waited for. A second signal kills it."""
        if self._crawl is not None:
            with suppress(ProcessLookupError):
                self._crawl.send_signal(signal.SIGKILL if self._ending else signal.SIGTERM)
        if not self._ending:
            self._ending = True
            self._scheduler.shutdown(wait=False)


@contextmanager
def _alone(archive: Path) -> Iterator[None]:
    path = archive.with_name(f"{archive.name}.schedule.lock")
    lock = FileLock(path)
    try:
        archive.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise BusyError(f"another `cuttings schedule run` works for {archive}; one is enough") from error
    except OSError as error:
        raise cannot_be_written(path, error) from error
    try:
        yield
    finally:
        lock.release()
