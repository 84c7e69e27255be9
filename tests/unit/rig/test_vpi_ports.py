"""TCP ports through the one byte stream between host and virtual Pi; here between two addresses of this machine."""

import contextlib
import socket
import threading
import time

import pytest
from tests.rig.ports import free_port
from tests.system.hardware.vpi.ports import HEADER, MAX_BYTES, RECEIVED, listen, serve

GUEST = "127.0.0.2"
LONG = bytes(range(256)) * 2000


@contextlib.contextmanager
def guest_with(*ports):
    """A guest that reaches the host's `ports`. What the context gives cuts its power."""
    host, guest = socket.socketpair()
    with host.dup() as console:
        ends = [
            threading.Thread(target=serve, args=[host.detach(), ports]),
            threading.Thread(target=listen, args=[guest.detach(), ports, GUEST]),
        ]
        for end in ends:
            end.start()

        def power_off():
            with contextlib.suppress(OSError):  # it is off
                console.shutdown(socket.SHUT_RDWR)
            for end in ends:
                end.join(60)
            assert not any(end.is_alive() for end in ends)

        try:
            yield power_off
        finally:
            power_off()


def connected(port):
    """A connection that the guest makes."""
    give_up_s = time.monotonic() + 60
    while True:
        try:
            return socket.create_connection((GUEST, port), 60)
        except ConnectionRefusedError:
            assert time.monotonic() < give_up_s, "the guest doesn't listen"
            time.sleep(0.01)


def accepted(server):
    connection, _ = server.accept()
    connection.settimeout(60)
    return connection


def received(connection, length):
    data = b""
    while len(data) < length and (piece := connection.recv(length - len(data))):
        data += piece
    return data


def to_the_end(connection):
    return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.fixture
def server():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(60)
        yield listening


@pytest.fixture
def port(server):
    return server.getsockname()[1]


def test_bytes_pass_in_both_directions_whoever_begins(server, port):
    with guest_with(port), connected(port) as guest, accepted(server) as host:
        host.sendall(b"host")
        assert received(guest, 4) == b"host"
        sending = threading.Thread(target=guest.sendall, args=[LONG])
        sending.start()
        assert received(host, len(LONG)) == LONG
        sending.join()


def test_what_is_sent_before_the_end_arrives_and_then_the_end(server, port):
    with guest_with(port):
        for _ in range(20):
            with connected(port) as guest:
                with accepted(server) as host:
                    host.sendall(LONG[:5000])
                assert to_the_end(guest) == LONG[:5000]


def test_the_guest_closes_one_of_two_connections(server, port):
    with guest_with(port), connected(port) as first, accepted(server) as first_host:
        with connected(port) as second, accepted(server) as second_host:
            second.sendall(b"bye")
            second.close()
            assert to_the_end(second_host) == b"bye"
        first.sendall(b"still")
        assert received(first_host, 5) == b"still"


def test_a_port_on_which_nothing_listens_ends_the_connection():
    port = free_port()
    with guest_with(port):
        for _ in range(2):
            with connected(port) as guest:
                assert to_the_end(guest) == b""


@contextlib.contextmanager
def host_for(port, *ports):
    """The console of a host with `ports`, on which `port` was asked for."""
    host, guest = socket.socketpair()
    serving = threading.Thread(target=serve, args=[host.detach(), ports])
    serving.start()
    with guest:
        guest.settimeout(60)
        guest.sendall(HEADER.pack(1, len(str(port))) + str(port).encode())
        yield guest
    serving.join(60)
    assert not serving.is_alive()


def test_the_guest_reaches_no_other_port(server, port):
    with host_for(port) as console:
        assert received(console, 12) == RECEIVED + HEADER.pack(1, 0)


def test_no_more_than_a_frame_is_on_its_way(server, port):
    """User Mode Linux takes no more from a console in which 4096 bytes have waited."""
    with host_for(port, port) as console, accepted(server) as host:
        host.sendall(LONG[:1500])
        frame = HEADER.pack(1, MAX_BYTES) + LONG[:MAX_BYTES]
        assert received(console, len(RECEIVED + frame)) == RECEIVED + frame
        console.settimeout(0.5)
        with pytest.raises(TimeoutError):
            console.recv(1)
        console.settimeout(60)
        console.sendall(RECEIVED)
        rest = HEADER.pack(1, 1500 - MAX_BYTES) + LONG[MAX_BYTES:1500]
        assert received(console, len(rest)) == rest


def test_a_cut_of_the_power_ends_the_connections(server, port):
    with guest_with(port) as power_off, connected(port) as guest, accepted(server) as host:
        guest.sendall(b"half")
        assert received(host, 4) == b"half"
        power_off()
        assert to_the_end(host) == b""
