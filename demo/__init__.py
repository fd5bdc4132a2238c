"""A demonstration gallery: pictures drawn by code, and altered copies of some of them."""

from demo import alterations
from demo.alterations import ALTERATIONS, Alteration
from demo.collection import DemoPicture, demo_pictures
from demo.scenes import SCENES

__all__ = ["ALTERATIONS", "SCENES", "Alteration", "DemoPicture", "alterations", "demo_pictures"]
