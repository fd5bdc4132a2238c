"""match_pictures: another name of `compare`, for scripts."""

from gallery.management.commands.compare import Command as Compare


class Command(Compare):
    help = f"Another name of the command compare. {Compare.help}"
