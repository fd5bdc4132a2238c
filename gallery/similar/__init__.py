"""Pictures that are similar to a given picture, or copies of it."""

from gallery.similar.forms import SearchForm, SimilarPanelForm
from gallery.similar.panel import SimilarPanel
from gallery.similar.picture_search import PictureSearch, SearchResult
from gallery.similar.same_pictures import SamePicture, same_as, same_at_once, same_pictures

__all__ = [
    "PictureSearch",
    "SamePicture",
    "SearchForm",
    "SearchResult",
    "SimilarPanel",
    "SimilarPanelForm",
    "same_as",
    "same_at_once",
    "same_pictures",
]
