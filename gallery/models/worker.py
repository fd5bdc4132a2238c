"""The background worker: which process leads, and what each of its tasks has left to do."""

from django.db import models


class WorkerLease(models.Model):
    """
    The right to work in the background, which one process has at a time; a table of one row.

    The process that leads renews `expires_at`; once it has passed, another takes over. All times
    are those of the database. `token` tells leaders apart; nobody leads while it is null.
    """

    KEY = 1

    class Role(models.TextChoices):
        """Where the worker runs: beside a web server, or as a service of its own."""

        SERVER = "server", "web server"
        SERVICE = "service", "service"

    token = models.UUIDField(null=True)
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.SERVER)
    host = models.CharField(max_length=255, default="", blank=True)
    pid = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.pid} on {self.host}" if self.token else "nobody"


class TaskReport(models.Model):
    """What a task of the worker last reported; `error` is empty unless it failed."""

    name = models.CharField(max_length=40, primary_key=True)
    remaining = models.PositiveBigIntegerField(default=0)
    error = models.TextField(default="", blank=True)
    reported_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.name}: {self.error or self.remaining}"
