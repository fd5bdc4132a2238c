"""App configuration of the demonstration."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "demo"
