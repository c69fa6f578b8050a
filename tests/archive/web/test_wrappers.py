"""Links of alert and redirect services, and the URLs inside."""

from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.web import urls
from archive.web.wrappers import is_wrapped, unwrap

STORY = "https://www.gazette.example/news/story?id=7&page=2"
INSIDE = quote(STORY, safe="")

WRAPPED = [
    f"https://www.google.com/url?rct=j&sa=t&url={INSIDE}&ct=ga&cd=CAEYACoT&usg=AOvVaw1",
    f"https://www.google.co.uk/url?q={INSIDE}&sa=D",
    f"http://google.de/url?sa=t&source=web&url={INSIDE}",
    f"https://www.google.com.br/url?esrc=s&q=&url={INSIDE}",
    f"http://news.google.com/news/url?sa=t&fd=R&ct2=us&usg=x&cid=1&url={INSIDE}",
    f"https://news.google.fr/news/url?url={INSIDE}",
    f"http://www.bing.com/news/apiclick.aspx?ref=FexRss&aid=&tid=1&url={INSIDE}&c=1&mkt=en-us",
    "https://www.bing.com/ck/a?!&&p=1&u=a1aHR0cHM6Ly93d3cuZ2F6ZXR0ZS5leGFtcGxlL25ld3Mvc3Rvcnk_aWQ9NyZwYWdlPTI&ntb=1",
    f"https://r.search.yahoo.com/_ylt=A0/RV=2/RE=1/RO=10/RU={INSIDE}/RK=2/RS=abc-",
    f"http://us.rd.yahoo.com/dailynews/rss/world/*{STORY}",
    f"https://rd.yahoo.com/SIG=1/**{INSIDE}",
    f"https://l.facebook.com/l.php?u={INSIDE}&h=AT0",
    f"https://lm.facebook.com/l.php?h=AT0&u={INSIDE}",
    f"https://l.instagram.com/?u={INSIDE}&e=AT0",
    f"https://l.threads.net/?u={INSIDE}",
    f"https://t.umblr.com/redirect?z={INSIDE}&t=abc",
    f"https://out.reddit.com/t3_1abc?url={INSIDE}&token=x",
    f"https://slack-redir.net/link?url={INSIDE}",
    f"https://www.youtube.com/redirect?event=video_description&q={INSIDE}",
    f"https://vk.com/away.php?to={INSIDE}",
    f"https://m.vk.com/away.php?to={INSIDE}&post=1",
    f"https://exit.sc/?url={INSIDE}",
    f"https://href.li/?{STORY}",
    f"https://duckduckgo.com/l/?uddg={INSIDE}&rut=1",
    f"//duckduckgo.com/l/?uddg={INSIDE}",
    f"https://eur01.safelinks.protection.outlook.com/?url={INSIDE}&data=05%7C01&reserved=0",
    f"https://eur01.safelinks.protection.outlook.com/ap/w-59584e83/?url={INSIDE}&data=05",
    f"https://www.linkedin.com/redir/redirect?url={INSIDE}&urlhash=x",
    f"https://steamcommunity.com/linkfilter/?url={INSIDE}",
    f"https://link.zhihu.com/?target={INSIDE}",
    f"https://getpocket.com/redirect?url={INSIDE}",
]


@pytest.mark.parametrize("url", WRAPPED)
def test_the_link_of_a_known_service_is_the_url_inside(url: str) -> None:
    assert unwrap(url) == STORY
    assert is_wrapped(url)
    assert not is_wrapped(STORY)


@pytest.mark.parametrize("outer", WRAPPED)
def test_a_wrapper_in_a_wrapper_is_opened_too(outer: str) -> None:
    whole = outer if outer.startswith("http") else f"https:{outer}"
    assert unwrap(f"https://www.google.com/url?sa=D&url={quote(whole, safe='')}&ct=ga") == STORY


@pytest.mark.parametrize(
    ("url", "inside"),
    [
        ("https://www.google.com/url?rct=j&url=http://paper.example/a&ct=ga", "http://paper.example/a"),
        ("https://www.google.com/url?q=https://paper.example/a?id=5&sa=D", "https://paper.example/a?id=5"),
        ("https://www.google.com/url?rct=j&amp;url=http://paper.example/a&amp;ct=ga", "http://paper.example/a"),
        ("https://vk.com/away.php?to=https%253A%252F%252Fpaper.example%252Fa", "https://paper.example/a"),
        ("https://exit.sc/?url=https%3A%2F%2Fpaper.example%2Fa+b", "https://paper.example/a+b"),
        ("https://exit.sc/?url=http://paper.example/a&url=http://other.example/b", "http://paper.example/a"),
        ("https://exit.sc/?url=https://paper.example/%D0%BF", "https://paper.example/п"),
        ("https://exit.sc/?url=HTTPS%3A%2F%2Fpaper.example%2Fa%23part", "HTTPS://paper.example/a#part"),
    ],
)
def test_what_is_inside_is_read_however_it_was_written(url: str, inside: str) -> None:
    assert unwrap(url) == inside


@pytest.mark.parametrize(
    "url",
    [
        f"https://www.gazette.example/share?url={INSIDE}",
        f"https://www.gazette.example/url?q={INSIDE}",
        f"https://google.gazette.example/url?q={INSIDE}",
        f"https://notfacebook.com/l.php?u={INSIDE}",
        f"https://www.google.com/search?q={INSIDE}",
        f"https://translate.google.com/translate?u={INSIDE}",
        f"https://www.facebook.com/sharer.php?u={INSIDE}",
        "https://www.youtube.com/watch?v=abc",
        "https://news.google.com/search?q=bridge",
        "mailto:desk@gazette.example?subject=x",
        "http://[bad?url=http://a.example/",
        "",
    ],
)
def test_any_other_url_is_left_alone(url: str) -> None:
    assert unwrap(url) == url
    assert not is_wrapped(url)


@pytest.mark.parametrize(
    "inside",
    ["javascript:alert(1)", "ftp://h.example/x", "/search", "http://[bad", "http://u:p@h.example/", "", "http://"],
)
def test_what_cannot_be_requested_does_not_come_out(inside: str) -> None:
    url = f"https://www.google.com/url?q={quote(inside, safe='')}&sa=D"
    assert unwrap(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "https://news.google.com/rss/articles/CBMiSGh0dHBz?oc=5",
        "https://news.google.com/articles/CBMiSGh0dHBz",
        "https://news.google.com/__i/rss/rd/articles/CBMiSGh0dHBz?oc=5",
        "https://news.google.com/read/CBMiSGh0dHBz",
        "http://feedproxy.google.com/~r/gazette/~3/abc/",
        "http://www.baidu.com/link?url=xyzzy",
    ],
)
def test_a_link_that_the_portal_alone_can_read_stays_and_is_known_as_one(url: str) -> None:
    assert unwrap(url) == url
    assert is_wrapped(url)


def test_wrappers_without_end_end() -> None:
    url = STORY
    for _ in range(20):
        url = f"https://exit.sc/?url={quote(url, safe='')}"
    assert is_wrapped(unwrap(url))


@given(
    st.text(max_size=60)
    | st.text("htp:/?&=%3Aurlq.exitsgolcm", max_size=60).map("https://www.google.com/url?q=".__add__)
)
@settings(deadline=None)
def test_any_text_comes_out_as_it_was_or_as_a_url_that_can_be_requested(text: str) -> None:
    out = unwrap(text)
    assert out == text or urls.normalize(out)
