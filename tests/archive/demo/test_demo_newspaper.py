import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from gzip import decompress
from importlib.resources import files
from itertools import combinations
from urllib.parse import quote, urljoin, urlsplit

import pytest
from lxml import etree, html

from archive.demo import content
from archive.demo.newspaper import Newspaper, Request, Response, edition
from archive.demo.story import Leaf, Story
from archive.model.article import FILED_KINDS, PageKind
from archive.model.outcome import Outcome
from archive.text import count_words, fold
from tests.archive.demo.asking import NOW, Get, getter

XML = etree.XMLParser(resolve_entities=False, no_network=True)
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ATOM = "{http://www.w3.org/2005/Atom}"


def header(response: Response, name: str) -> str:
    return dict(response.headers)[name]


def page_text(response: Response, charset: str = "utf-8") -> str:
    """All that stands in the page, hidden or not, but its scripts; blocks are apart by a space."""
    tree = html.fromstring(response.body.decode(charset))
    for script in tree.iter("script", "style"):
        script.text = ""
    for block in tree.iter("p", "div", "li", "td", "h1", "h2", "h3", "h4", "figcaption"):
        block.tail = " " + (block.tail or "")
    return fold(tree.text_content())


def leaves(newspaper: Newspaper) -> list[tuple[Story, Leaf]]:
    return [(story, leaf) for story in newspaper.articles for leaf in story.leaves]


def test_every_page_of_a_story_has_its_paragraphs_in_order(first: Newspaper, get: Get) -> None:
    for story, leaf in leaves(first):
        text = page_text(get(leaf.url), story.charset)
        end = 0
        for paragraph in leaf.paragraphs:
            start = text.find(fold(paragraph), end)
            assert start >= 0, (leaf.url, paragraph)
            end = start + len(fold(paragraph))


def test_every_story_stands_between_its_clutter(first: Newspaper, get: Get) -> None:
    for story in first.articles:
        text = page_text(get(story.url), story.charset)
        missing = [offcut.text for offcut in story.offcuts if fold(offcut.text) not in text]
        assert missing == [], story.url


def test_no_clutter_is_a_paragraph_of_the_truth(first: Newspaper) -> None:
    for story in first.articles:
        assert not {offcut.text for offcut in story.offcuts} & set(story.paragraphs), story.url


def test_no_story_shows_anothers_language(first: Newspaper, get: Get) -> None:
    languages = {story.language for story in first.articles}
    assert languages == {"en", "de", "ar"}
    for story in first.articles:
        page = html.fromstring(get(story.url).body)
        assert page.get("lang", "").split("-")[0] == story.language
        assert page.get("dir", "ltr") == ("rtl" if story.language == "ar" else "ltr")


def test_there_are_sixty_articles_and_none_is_a_stub(first: Newspaper) -> None:
    assert len(first.articles) >= 60
    for story in first.articles:
        assert len(story.paragraphs) >= 4, story.id
        assert story.kind in FILED_KINDS
        assert sum(count_words(text) for text in story.paragraphs) > 140, story.id


def test_only_the_syndicated_copy_repeats_another_storys_paragraphs(first: Newspaper) -> None:
    owners: dict[str, set[str]] = {}
    for story in first.articles:
        for paragraph in story.paragraphs:
            owners.setdefault(paragraph, set()).add(story.id)
    shared = {tuple(sorted(ids)) for ids in owners.values() if len(ids) > 1}
    assert shared == {("ferry-lane/dredger-returns-skerrow", "harbour-post/dredger-returns-to-inner-basin")}


def test_stories_are_no_near_duplicates_of_each_other(first: Newspaper) -> None:
    def shingles(story: Story) -> set[str]:
        words = " ".join(story.paragraphs).lower().split()
        return {" ".join(words[i : i + 4]) for i in range(len(words) - 3)}

    known = {story.id: shingles(story) for story in first.articles if not story.copy_of}
    for (one, a), (other, b) in combinations(known.items(), 2):
        assert len(a & b) <= 12, (one, other, a & b)


def test_ids_and_addresses_are_unique_and_of_the_test_domain(first: Newspaper) -> None:
    entries = [*first.articles, *first.oddities]
    assert max(Counter(entry.id for entry in entries).values()) == 1
    assert max(Counter(entry.url for entry in entries).values()) == 1
    assert {urlsplit(story.url).hostname for story in first.articles} == {outlet.host for outlet in first.outlets}
    assert all(outlet.host.endswith(".test") for outlet in first.outlets)


def test_no_page_names_a_host_outside_the_test_domain_as_a_link_or_picture(first: Newspaper, get: Get) -> None:
    for host, pages in first.pages.items():
        for path, page in pages.items():
            if "html" not in page.content_type or not page.printed():
                continue
            tree = html.fromstring(page.printed())
            for _, attribute, link, _ in tree.iterlinks():
                address = urlsplit(urljoin(f"http://{host}{path}", link.split(" ")[0]))
                if attribute in {"href", "src"} and address.scheme in {"http", "https"} and "gmpg.org" not in link:
                    assert (address.hostname or "").endswith(".test"), (host, path, link)


def test_stories_are_of_the_autumn_before_the_demonstration(first: Newspaper) -> None:
    for story in first.articles:
        assert datetime(2026, 9, 22, tzinfo=UTC) < story.published < datetime(2026, 11, 20, tzinfo=UTC)
        assert story.updated >= story.published


def test_the_pictures_of_a_story_are_answered_and_named_on_its_page(first: Newspaper, get: Get) -> None:
    stories = [story for story in first.articles if story.images]
    assert len(stories) > len(first.articles) / 2
    for story in stories:
        page = get(story.url).body.decode(story.charset)
        for image in story.images:
            picture = get(f"{image.url}?w=480")
            assert header(picture, "Content-Type") == "image/png"
            assert picture.body.startswith(b"\x89PNG")
            assert urlsplit(image.url).path in page


def test_two_editions_of_the_same_moment_are_the_same_bytes(first: Newspaper) -> None:
    again = edition(1, NOW + timedelta(days=3))
    for host, pages in first.pages.items():
        assert list(pages) == list(again.pages[host])
        for path, page in pages.items():
            assert page.printed() == again.pages[host][path].printed(), (host, path)


# ---- What the outlets list -------------------------------------------------------------------------------------------


def test_the_feeds_and_sitemaps_are_well_formed_and_list_every_story(first: Newspaper, get: Get) -> None:
    listed = {
        "harbour-post.test": rss_links(get("http://harbour-post.test/feed/")),
        "meridian-times.test": sitemap_urls(get, "http://meridian-times.test/sitemap-index.xml"),
        "vale-courier.test": atom_links(get("http://vale-courier.test/atom.xml")),
        "neuhafen-bote.test": list_links(get, "http://neuhafen-bote.test/de/", "http://neuhafen-bote.test/ar/"),
        "ferry-lane.test": feed_urls(get("http://ferry-lane.test/feed.json"))
        + get("http://ferry-lane.test/urls.txt").body.decode().splitlines(),
    }
    for story in first.articles:
        assert story.url in listed[story.host]


def feed_urls(response: Response) -> list[str]:
    return [item["url"] for item in json.loads(response.body)["items"]]


def rss_links(response: Response) -> list[str]:
    items = etree.fromstring(response.body, XML).findall("channel/item")
    assert all("utm_source=rss" in item.findtext("link", "") for item in items)
    assert all(item.find("guid").get("isPermaLink") == "false" for item in items)
    return [item.findtext("link", "").split("?")[0] for item in items]


def atom_links(response: Response) -> list[str]:
    links = []
    feed = etree.fromstring(response.body, XML)
    for entry in feed.findall(f"{ATOM}entry"):
        link = entry.find(f"{ATOM}link[@rel='alternate']")
        assert "//" not in link.get("href")
        links.append(urljoin(entry.base, link.get("href")))
    return links


def list_links(get: Get, *urls: str) -> list[str]:
    trees = {url: html.fromstring(get(url).body) for url in urls}
    links = [urljoin(url, link.get("href")) for url, tree in trees.items() for link in tree.cssselect("main h2 a")]
    return [quote(link, safe=":/%") for link in links]  # the page has its Arabic addresses in Arabic letters


def sitemap_urls(get: Get, url: str) -> list[str]:
    body = get(url).body
    tree = etree.fromstring(decompress(body) if body.startswith(b"\x1f\x8b") else body, XML)
    locations = [each.text or "" for each in tree.iter(f"{SITEMAP}loc")]
    if tree.tag == f"{SITEMAP}sitemapindex":
        return [page for child in locations for page in sitemap_urls(get, child)]
    return locations


def test_the_wordpress_sitemap_lists_what_the_feed_lists(first: Newspaper, get: Get) -> None:
    feed = set(rss_links(get("http://harbour-post.test/feed/")))
    (members,) = (odd.url for odd in first.oddities if odd.host == "harbour-post.test")
    assert set(sitemap_urls(get, "http://harbour-post.test/wp-sitemap.xml")) == feed - {members}


def test_the_news_sitemap_names_titles_and_dates(get: Get) -> None:
    tree = etree.fromstring(get("http://meridian-times.test/news-sitemap.xml").body, XML)
    news = "{http://www.google.com/schemas/sitemap-news/0.9}"
    assert len(tree.findall(f"{SITEMAP}url")) == 8
    for entry in tree.iter(f"{news}news"):
        assert entry.findtext(f"{news}title")
        assert datetime.fromisoformat(entry.findtext(f"{news}publication_date", "")).tzinfo


def test_the_plain_list_names_one_address_a_line(get: Get) -> None:
    lines = get("http://ferry-lane.test/urls.txt").body.decode().splitlines()
    addresses = [line for line in lines if not line.startswith("#")]
    assert addresses
    assert all(re.fullmatch(r"http://ferry-lane\.test/\S+", address) for address in addresses)


def test_one_old_story_stands_in_the_plain_list_alone(first: Newspaper, get: Get) -> None:
    feed = feed_urls(get("http://ferry-lane.test/feed.json"))
    missing = [story.slug for story in first.articles if story.host == "ferry-lane.test" and story.url not in feed]
    assert missing == ["lost-and-found-september"]


def test_structured_data_is_sound_json(first: Newspaper, get: Get) -> None:
    seen = Counter[str]()
    for story in first.articles:
        for script in html.fromstring(get(story.url).body).iterfind(".//script[@type='application/ld+json']"):
            data = json.loads(script.text or "")
            graph = data.get("@graph", [data])
            seen.update(node["@type"] for node in graph)
            assert any(node.get("headline") == story.title for node in graph) or graph[0]["@type"] == "BreadcrumbList"
    assert seen["NewsArticle"] >= 20
    assert seen["LiveBlogPosting"] == 1


# ---- What is odd -----------------------------------------------------------------------------------------------------


def test_there_is_one_oddity_of_each_sort(first: Newspaper) -> None:
    kinds = {odd.kind for odd in first.oddities} - {PageKind.UNKNOWN}
    assert kinds == {PageKind.WALL, PageKind.CONSENT, PageKind.SOFT_404}
    assert {odd.outcome for odd in first.oddities} == {
        Outcome.ROBOTS,
        Outcome.NOT_ARTICLE,
        Outcome.DUPLICATE,
        Outcome.HTTP_4XX,
        Outcome.HTTP_5XX,
        Outcome.NOT_HTML,
        Outcome.BAD_URL,
    }


def test_every_oddity_is_listed_where_it_says_and_answers_with_its_status(first: Newspaper, get: Get) -> None:
    for odd in first.oddities:
        assert odd.listed, odd.url
        if odd.outcome is not Outcome.BAD_URL:
            assert get(odd.url).status == odd.status, odd.url


def test_the_old_address_leads_to_the_story_in_two_hops(first: Newspaper, get: Get) -> None:
    (old,) = (odd.url for odd in first.oddities if odd.outcome is Outcome.DUPLICATE)
    hop = urljoin(old, header(get(old), "Location"))
    assert get(hop).status == 301
    assert first.story(header(get(hop), "Location"))


def test_robots_forbid_what_they_are_said_to_forbid(first: Newspaper, get: Get) -> None:
    forbidden = [odd for odd in first.oddities if odd.outcome is Outcome.ROBOTS]
    assert len(forbidden) == 2
    for odd in forbidden:
        rules = get(f"http://{odd.host}/robots.txt").body.decode()
        paths = re.findall(r"^Disallow: (\S+)$", rules, re.MULTILINE)
        assert any(urlsplit(odd.url).path.startswith(path) for path in paths)
    assert "Crawl-delay: 0.2" in get("http://neuhafen-bote.test/robots.txt").body.decode()


def test_the_windows_1252_page_says_so_in_the_page_alone(first: Newspaper, get: Get) -> None:
    (story,) = (story for story in first.articles if story.charset == "windows-1252")
    response = get(story.url)
    assert header(response, "Content-Type") == "text/html"
    assert b"charset=windows-1252" in response.body
    with pytest.raises(UnicodeDecodeError):
        response.body.decode("utf-8")


def test_the_two_page_story_names_its_next_page(first: Newspaper, get: Get) -> None:
    (story,) = (story for story in first.articles if len(story.leaves) > 1)
    one, two = story.leaves
    (link,) = html.fromstring(get(one.url).body).cssselect("link[rel=next]")
    assert urljoin(one.url, link.get("href")) == two.url
    assert story.paragraphs == one.paragraphs + two.paragraphs
    assert first.story(two.url) is story


def test_an_amp_twin_names_the_story_as_its_canonical_address(first: Newspaper, get: Get) -> None:
    twins = [story for story in first.articles if story.amp_url]
    assert twins
    for story in twins:
        page, twin = html.fromstring(get(story.url).body), html.fromstring(get(story.amp_url).body)
        assert page.cssselect("link[rel=amphtml]")[0].get("href") == story.amp_url
        assert twin.cssselect("link[rel=canonical]")[0].get("href") == story.url


def test_the_live_blog_has_its_entries_with_times(first: Newspaper, get: Get) -> None:
    (story,) = (story for story in first.articles if story.kind is PageKind.LIVEBLOG)
    times = [datetime.fromisoformat(each.get("datetime")) for each in html.fromstring(get(story.url).body).iter("time")]
    assert len(times) >= 5
    assert times[1:] == sorted(times[1:], reverse=True)


# ---- How it answers --------------------------------------------------------------------------------------------------


def test_tracking_parameters_and_short_addresses_lead_to_the_story(first: Newspaper, get: Get) -> None:
    story = next(story for story in first.articles if story.host == "harbour-post.test")
    assert get(f"{story.url}?utm_source=rss&utm_medium=rss").body == get(story.url).body
    moved = get(story.short_url)
    assert (moved.status, header(moved, "Location")) == (301, story.url)


def test_an_unknown_host_and_an_unknown_path_are_told_apart(get: Get) -> None:
    assert get("http://nobody.test/").status == 502
    assert b"nobody.test" in get("http://nobody.test/").body
    assert get("http://vale-courier.test/no-such-page").status == 404


def test_a_head_request_has_the_headers_of_a_get_and_no_body(first: Newspaper) -> None:
    asked = {"host": "vale-courier.test", "target": "/atom.xml"}
    get, head = (first.respond(Request(method=method, **asked)) for method in ("GET", "HEAD"))
    assert (head.status, head.headers, head.body) == (get.status, get.headers, b"")
    assert len(get.body) == int(header(head, "Content-Length")) > 0
    assert first.respond(Request(method="POST", **asked)).status == 405


def test_listings_answer_304_to_who_has_them(first: Newspaper) -> None:
    urls = ["http://harbour-post.test/feed/", "http://meridian-times.test/news-sitemap.xml"]
    get = getter(first)
    for url in [*urls, "http://vale-courier.test/atom.xml"]:
        fresh = get(url)
        by_tag = get(url, if_none_match=header(fresh, "ETag"))
        by_date = get(url, if_modified_since=header(fresh, "Last-Modified"))
        assert (by_tag.status, by_tag.body) == (304, b"")
        assert by_date.status == 304
        assert get(url, if_none_match='"another"').status == 200
        assert get(url, if_modified_since="Mon, 01 Jun 2026 00:00:00 GMT").status == 200


def test_one_outlet_compresses_for_who_accepts_it(first: Newspaper) -> None:
    story = next(story for story in first.articles if story.host == "meridian-times.test")
    get = getter(first)
    packed = get(story.url, accept_encoding="gzip, deflate")
    assert header(packed, "Content-Encoding") == "gzip"
    assert decompress(packed.body) == get(story.url).body


def test_there_is_no_third_edition() -> None:
    with pytest.raises(ValueError, match="no edition 3"):
        edition(3, NOW)


# ---- The second edition ----------------------------------------------------------------------------------------------


def changed(first: Newspaper, second: Newspaper) -> tuple[set[str], set[str], set[str]]:
    """Ids of what is new, gone, and other than it was, by the truth alone."""
    before, after = ({story.id: story for story in paper.articles} for paper in (first, second))
    both = before.keys() & after.keys()
    edited = {
        each
        for each in both
        if (before[each].title, before[each].paragraphs, before[each].updated)
        != (after[each].title, after[each].paragraphs, after[each].updated)
    }
    return set(after.keys() - before.keys()), set(before.keys() - after.keys()), edited


def test_the_second_edition_has_one_story_edited_one_gone_and_none_new(first: Newspaper, second: Newspaper) -> None:
    new, gone, edited = changed(first, second)
    assert (len(new), len(gone), len(edited)) == (0, 1, 1)


def test_the_edited_story_has_another_headline_and_two_other_paragraphs(first: Newspaper, second: Newspaper) -> None:
    (edited,) = changed(first, second)[2]
    before, after = (next(s for s in paper.articles if s.id == edited) for paper in (first, second))
    assert before.title != after.title
    pairs = list(zip(before.paragraphs, after.paragraphs, strict=True))
    assert sum(old != new for old, new in pairs) == 2
    assert after.modified == NOW
    page = getter(second)(after.url).body.decode()
    assert NOW.isoformat() in page
    assert after.url == before.url


def test_feed_and_sitemap_say_that_the_edited_story_changed(first: Newspaper, second: Newspaper) -> None:
    (edited,) = changed(first, second)[2]
    url = next(story.url for story in second.articles if story.id == edited)
    sitemap = etree.fromstring(getter(second)("http://harbour-post.test/wp-sitemap-posts-post-1.xml").body, XML)
    dates = {each.findtext(f"{SITEMAP}loc"): each.findtext(f"{SITEMAP}lastmod") for each in sitemap}
    assert dates[url] == NOW.isoformat()
    feed = etree.fromstring(getter(second)("http://harbour-post.test/feed/").body, XML)
    assert NOW.isoformat() in [each.text for each in feed.iter(f"{ATOM}updated")]


def test_the_deleted_story_is_gone_but_lingers_in_the_sitemap(first: Newspaper, second: Newspaper) -> None:
    (gone,) = changed(first, second)[1]
    url = next(story.url for story in first.articles if story.id == gone)
    get = getter(second)
    assert get(url).status == 410
    assert url not in rss_links(get("http://harbour-post.test/feed/"))
    sitemap = etree.fromstring(get("http://harbour-post.test/wp-sitemap-posts-post-1.xml").body, XML)
    assert {each.findtext(f"{SITEMAP}loc"): each.findtext(f"{SITEMAP}lastmod") for each in sitemap}[
        url
    ] == NOW.isoformat()
    (tombstone,) = (odd for odd in second.oddities if odd.url == url)
    assert tombstone.outcome is Outcome.HTTP_4XX


def test_other_outlets_print_the_same_bytes_in_both_editions(first: Newspaper, second: Newspaper) -> None:
    for host, pages in first.pages.items():
        if host == "harbour-post.test":
            continue
        assert all(page.printed() == second.pages[host][path].printed() for path, page in pages.items())


def test_the_feed_answers_anew_when_the_edition_changed(first: Newspaper, second: Newspaper) -> None:
    url = "http://harbour-post.test/feed/"
    fresh = getter(first)(url)
    assert getter(second)(url, if_none_match=header(fresh, "ETag")).status == 200
    assert getter(second)(url, if_modified_since=header(fresh, "Last-Modified")).status == 200


# ---- Where it comes from ---------------------------------------------------------------------------------------------


def test_the_content_is_found_through_the_package() -> None:
    package = files("archive.demo")
    for name in content.OUTLETS:
        assert package.joinpath("content", f"{name}.toml").is_file()
    templates = {content.load(name, 1, NOW).outlet.templates for name in content.OUTLETS}
    for folder in templates:
        assert package.joinpath("templates", folder, "article.html").is_file()
