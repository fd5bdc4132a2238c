"""A line between a browser and a server, which tests can cut."""

import socket
from collections.abc import Callable
from threading import Thread
from typing import Self


class Wire:
    """
    Passes what comes in at `port` on to a port of this machine, and back what is answered.

    A context manager, which ends all connections when it is left.
    """

    def __init__(self, server: int) -> None:
        self._server = server
        self._listener = socket.create_server(("localhost", 0))
        self.port = self._listener.getsockname()[1]
        self._ends: list[socket.socket] = []
        self._threads: list[Thread] = []
        self._is_cut = False

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for end in (self._listener, *self._ends):
            end.close()

    def cut(self) -> None:
        """End all connections, and let none come about until `mend()`."""
        self._is_cut = True
        self._end(*self._ends)

    def mend(self) -> None:
        self._is_cut = False

    def _start(self, target: Callable[..., None], *args: socket.socket) -> None:
        thread = Thread(target=target, args=args)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:  # shut down
                return
            self._ends.append(near)
            if self._is_cut:
                self._end(near)
                continue
            far = socket.create_connection(("localhost", self._server))
            self._ends.append(far)
            self._start(self._pass_on, near, far)
            self._start(self._pass_on, far, near)

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                target.sendall(data)
        except OSError:  # cut
            pass
        self._end(source, target)

    def _end(self, *ends: socket.socket) -> None:
        for end in ends:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # the other side was quicker
