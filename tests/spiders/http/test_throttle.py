"""A slow host is asked more slowly, and none faster than it was promised."""

from types import SimpleNamespace

import pytest
from scrapy import signals
from scrapy.core.downloader import Slot
from scrapy.http import HtmlResponse, Request
from scrapy.utils.spider import DefaultSpider
from scrapy.utils.test import get_crawler

from spiders import settings as ours
from spiders.http.throttle import Throttle


@pytest.fixture
def throttle() -> Throttle:
    names = [name for name in dir(ours) if name.startswith(("AUTOTHROTTLE_", "DOWNLOAD_DELAY"))]
    others = {"scrapy.extensions.throttle.AutoThrottle": None, "scrapy.extensions.logstats.LogStats": None}
    crawler = get_crawler(settings_dict={name: getattr(ours, name) for name in names} | {"EXTENSIONS": others})
    delays = {"paper.test": {"delay": 0.2}, "slow.test": {"delay": 120.0}}
    downloader = SimpleNamespace(per_slot_settings=delays, slots={}, _delay=2.0)
    crawler.engine = SimpleNamespace(downloader=downloader)  # type: ignore[assignment]  # all that is asked of it
    extension = Throttle(crawler)
    crawler.signals.send_catch_log(signals.spider_opened, spider=DefaultSpider())
    return extension


def after(throttle: Throttle, host: str, *latencies: float, delay: float, status: int = 200) -> float:
    """The delay of a host after answers that took so long."""
    slot = throttle.crawler.engine.downloader.slots[host] = Slot(concurrency=1, delay=delay, jitter=0.0)
    for latency in latencies:
        request = Request(f"http://{host}/", meta={"download_slot": host, "download_latency": latency})
        response = HtmlResponse(request.url, status=status)  # Scrapy ties it to its request only later
        failed = throttle.crawler.signals.send_catch_log(
            signals.response_downloaded, response=response, request=request, spider=DefaultSpider()
        )
        assert not [error for _, error in failed if error is not None]
    return slot.delay


def test_a_slow_answer_slows_its_host_down(throttle: Throttle) -> None:
    assert after(throttle, "paper.test", 8.0, delay=0.2) == 8.0


def test_a_host_that_is_quick_again_is_asked_as_configured(throttle: Throttle) -> None:
    assert after(throttle, "paper.test", 8.0, *[0.01] * 20, delay=0.2) == 0.2


def test_no_answer_is_so_quick_that_a_host_is_asked_faster_than_robots_txt_wants(throttle: Throttle) -> None:
    assert after(throttle, "slow.test", 0.01, 0.01, delay=120.0) == 120.0


def test_a_host_that_no_source_names_keeps_the_common_delay(throttle: Throttle) -> None:
    assert after(throttle, "elsewhere.test", 0.01, delay=2.0) == 2.0


def test_no_host_is_waited_for_longer_than_a_minute_of_its_own_making(throttle: Throttle) -> None:
    assert after(throttle, "paper.test", 300.0, delay=0.2) == 60.0


def test_a_quick_error_page_is_no_reason_to_hurry(throttle: Throttle) -> None:
    assert after(throttle, "paper.test", 0.01, delay=8.0, status=500) == 8.0
