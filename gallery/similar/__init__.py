"""Pictures that are similar to one, or the same."""

from gallery.similar.forms import NeighbourhoodForm, SearchForm
from gallery.similar.panel import MOST_CARDS, Neighbourhood
from gallery.similar.picture_search import PictureSearch, SearchResult
from gallery.similar.same_pictures import SamePicture, same_as, same_at_once, same_pictures

__all__ = [
    "MOST_CARDS",
    "Neighbourhood",
    "NeighbourhoodForm",
    "PictureSearch",
    "SamePicture",
    "SearchForm",
    "SearchResult",
    "same_as",
    "same_at_once",
    "same_pictures",
]
