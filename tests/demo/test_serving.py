"""The server of the demonstration: its port, and what people read when it starts."""

import socket

import pytest
from django.core.management.base import CommandError

from demo.serving import HOST, require_free, welcome


def test_port_in_use_is_refused() -> None:
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(CommandError, match=rf"^Port {port} is not available"):
            require_free(port)


def test_port_that_does_not_exist_is_refused() -> None:
    with pytest.raises(CommandError, match="Choose another"):
        require_free(70_000)


def test_welcome_names_addresses_and_password() -> None:
    text = welcome(8123, "secret")
    assert "http://127.0.0.1:8123/login/   as demo, password secret" in text
