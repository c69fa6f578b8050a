"""What a feed says of its own polling."""

from datetime import timedelta

import pytest

from tests.spiders.discovery.outlet import FEED, HOME, atom, feed, item, rss

HOUR = timedelta(hours=1)
MONDAY, SATURDAY, SUNDAY = 0, 5, 6


def hours_of(day: int) -> set[int]:
    return set(range(24 * day, 24 * day + 24))


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("", None),
        ("<ttl>60</ttl>", HOUR),
        ("<ttl> 90 </ttl>", 1.5 * HOUR),
        ("<ttl>10080</ttl>", timedelta(days=7)),
        ("<ttl>10081</ttl>", None),
        ("<ttl>0</ttl>", None),
        ("<ttl>-5</ttl>", None),
        ("<ttl>soon</ttl>", None),
        ("<ttl>1e9</ttl>", None),
        ("<ttl>nan</ttl>", None),
        ("<ttl>999999999</ttl>", None),
        ("<ttl/>", None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", HOUR),
        ("<sy:updatePeriod>\n\tdaily\t</sy:updatePeriod><sy:updateFrequency>\n 4 </sy:updateFrequency>", 6 * HOUR),
        ("<sy:updatePeriod>Weekly</sy:updatePeriod><sy:updateFrequency>7</sy:updateFrequency>", 24 * HOUR),
        ("<sy:updatePeriod>monthly</sy:updatePeriod><sy:updateFrequency>30</sy:updateFrequency>", 24 * HOUR),
        ("<sy:updateFrequency>2</sy:updateFrequency>", 12 * HOUR),
        ("<sy:updatePeriod>monthly</sy:updatePeriod>", None),
        ("<sy:updatePeriod>yearly</sy:updatePeriod><sy:updateFrequency>0.001</sy:updateFrequency>", None),
        ("<sy:updatePeriod>often</sy:updatePeriod>", None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>-1</sy:updateFrequency>", None),
        ("<ttl>30</ttl><sy:updatePeriod>hourly</sy:updatePeriod>", HOUR),
        ("<ttl>120</ttl><sy:updatePeriod>hourly</sy:updatePeriod>", 2 * HOUR),
        ("<ttl>99999</ttl><sy:updatePeriod>hourly</sy:updatePeriod>", HOUR),
    ],
)
def test_the_shortest_interval_that_a_feed_asks_for(said: str, wait: timedelta | None) -> None:
    assert feed(rss(item("/one"), said)).at_least == wait


def test_atom_and_rss_1_ask_in_the_same_words() -> None:
    said = '<sy:updatePeriod xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">hourly</sy:updatePeriod>'
    assert feed(atom(f'{said}<entry><link href="/a"/></entry>')).at_least == HOUR
    rdf = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        f"<channel><title>G</title>{said}</channel><item><link>{HOME}one</link></item></rdf:RDF>"
    )
    assert feed(rdf).at_least == HOUR


def test_what_an_entry_says_is_nothing_about_the_feed() -> None:
    read = feed(rss(item("/one", f"<ttl>60</ttl><itunes:new-feed-url>{HOME}b</itunes:new-feed-url>")))
    assert (read.at_least, read.moved_to) == (None, None)


@pytest.mark.parametrize(
    ("said", "hours"),
    [
        ("", set()),
        ("<skipHours><hour>3</hour></skipHours>", {3 + 24 * day for day in range(7)}),
        ("<skipHours><hour>24</hour></skipHours>", {24 * day for day in range(7)}),
        ("<skipHours><hour>25</hour><hour>-1</hour><hour>noon</hour></skipHours>", set()),
        ("<skipDays><day>Saturday</day><day> sunday </day></skipDays>", hours_of(SATURDAY) | hours_of(SUNDAY)),
        ("<skipDays><day>Caturday</day></skipDays>", set()),
        (
            "<skipHours><hour>0</hour></skipHours><skipDays><day>Monday</day></skipDays>",
            hours_of(MONDAY) | {24 * day for day in range(7)},
        ),
        ("<skipHours>" + "".join(f"<hour>{hour}</hour>" for hour in range(24)) + "</skipHours>", set()),
    ],
)
def test_the_hours_of_the_week_in_which_it_wants_to_be_left_alone(said: str, hours: set[int]) -> None:
    assert feed(rss(item("/one"), said)).skip_hours == hours


@pytest.mark.parametrize(
    ("said", "url"),
    [
        ("", None),
        (
            "<itunes:new-feed-url>https://new.example/feed?utm_source=old</itunes:new-feed-url>",
            "https://new.example/feed",
        ),
        ("<itunes:new-feed-url>\n/new.xml\n</itunes:new-feed-url>", HOME + "new.xml"),
        ("<new-feed-url>https://new.example/feed</new-feed-url>", "https://new.example/feed"),
        (f"<itunes:new-feed-url>{FEED}</itunes:new-feed-url>", None),
        (f"<itunes:new-feed-url>{FEED}#x</itunes:new-feed-url>", None),
        ("<itunes:new-feed-url>ftp://new.example/feed</itunes:new-feed-url>", None),
        ("<itunes:new-feed-url>http://[bad</itunes:new-feed-url>", None),
        ("<itunes:new-feed-url> </itunes:new-feed-url>", None),
        ('<atom:link rel="self" href="https://new.example/feed"/>', None),
    ],
)
def test_where_a_feed_says_that_it_has_moved(said: str, url: str | None) -> None:
    assert feed(rss(item("/one"), said)).moved_to == url


def test_an_atom_feed_that_calls_itself_otherwise_has_not_moved() -> None:
    body = atom('<link rel="self" href="https://new.example/feed"/><entry><link href="/a"/></entry>')
    assert feed(body).moved_to is None
