import socket
from http.client import HTTPConnection
from urllib.request import ProxyHandler, build_opener

from archive.demo.newspaper import Newspaper
from archive.demo.server import DemoServer, serve


def connect(server: DemoServer) -> HTTPConnection:
    return HTTPConnection("127.0.0.1", server.server_port, timeout=10)


def test_a_client_that_names_it_as_proxy_reads_every_outlet(server: DemoServer, first: Newspaper) -> None:
    opener = build_opener(ProxyHandler({"http": server.proxy_url}))
    for outlet in first.outlets:
        with opener.open(f"http://{outlet.host}/robots.txt", timeout=10) as answer:
            assert answer.status == 200
    assert [asked.url for asked in server.requests] == [f"http://{each.host}/robots.txt" for each in first.outlets]


def test_origin_form_with_a_host_header_is_answered_too(server: DemoServer) -> None:
    connection = connect(server)
    connection.request("GET", "/atom.xml", headers={"Host": "vale-courier.test:80"})
    answer = connection.getresponse()
    assert answer.status == 200
    assert answer.read().startswith(b"<?xml")
    connection.close()


def test_one_connection_carries_many_requests(server: DemoServer) -> None:
    connection = connect(server)
    connection.connect()
    first_socket = connection.sock
    for method, path in (("GET", "/"), ("HEAD", "/"), ("GET", "/missing"), ("GET", "/feed.json")):
        connection.request(method, f"http://ferry-lane.test{path}")
        connection.getresponse().read()
        assert connection.sock is first_socket
    connection.close()
    assert [(asked.method, asked.status) for asked in server.requests] == [
        ("GET", 200),
        ("HEAD", 200),
        ("GET", 404),
        ("GET", 200),
    ]


def test_a_feed_is_answered_304_over_a_socket(server: DemoServer) -> None:
    connection = connect(server)
    connection.request("GET", "http://harbour-post.test/feed/", headers={"User-Agent": "reader/1"})
    answer = connection.getresponse()
    tag = answer.headers["ETag"]
    answer.read()
    connection.request("GET", "http://harbour-post.test/feed/", headers={"If-None-Match": tag})
    again = connection.getresponse()
    assert (again.status, again.read()) == (304, b"")
    connection.close()
    assert [asked.user_agent for asked in server.requests] == ["reader/1", ""]
    assert server.requests[1].if_none_match == tag
    assert server.requests[0].when <= server.requests[1].when


def test_the_next_edition_can_be_put_out_while_it_runs(server: DemoServer, second: Newspaper) -> None:
    gone = next(odd for odd in second.oddities if odd.status == 410)
    connection = connect(server)
    statuses = []
    for newspaper in (server.newspaper, second):
        server.newspaper = newspaper
        connection.request("GET", gone.url)
        answer = connection.getresponse()
        answer.read()
        statuses.append(answer.status)
    connection.close()
    assert statuses == [200, 410]


def test_an_address_that_is_none_is_a_bad_request(server: DemoServer) -> None:
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=10) as client:
        client.sendall(b"GET http://[bad HTTP/1.1\r\nHost: bad\r\nConnection: close\r\n\r\n")
        assert client.recv(100).startswith(b"HTTP/1.1 400 ")


def test_it_ends_at_once_though_a_client_keeps_its_connection(first: Newspaper) -> None:
    with serve(first) as server:
        client = socket.create_connection(("127.0.0.1", server.server_port), timeout=10)
        client.sendall(b"GET http://vale-courier.test/robots.txt HTTP/1.1\r\n\r\n")
        assert client.recv(4096)
    with client:
        assert client.recv(100) == b""
