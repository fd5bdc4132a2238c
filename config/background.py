"""
Background work beside the web server.

The entry points load this module before Django is set up, so it imports the site only when called.
"""


def start_worker() -> None:
    """Let this process take part in the background work of the site, as its settings say."""
    from gallery.worker import start_in_server

    start_in_server()
