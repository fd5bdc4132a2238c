"""A demonstration gallery: pictures drawn by code, copies of some of them and collages."""

from demo import alterations
from demo.alterations import ALTERATIONS, Alteration
from demo.collection import DemoPicture, demo_pictures
from demo.compositions import COMPOSITIONS, Composition
from demo.scenes import SCENES

__all__ = [
    "ALTERATIONS",
    "COMPOSITIONS",
    "SCENES",
    "Alteration",
    "Composition",
    "DemoPicture",
    "alterations",
    "demo_pictures",
]
