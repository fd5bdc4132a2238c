"""Scenes that the demonstration draws."""

from demo.scenes.catalogue import SCENES

__all__ = ["SCENES"]
