"""Lists as their addresses describe them."""

from gallery.library.forms import ListingForm
from gallery.library.listings import SORTS, Listing
from gallery.models import Image


def test_form_gives_defaults_and_values() -> None:
    form = ListingForm({})
    assert form.is_valid()
    assert form.listing() == Listing()
    form = ListingForm({"q": "sea", "sort": "title", "size": "l", "parts": "3"})
    assert form.is_valid()
    assert form.listing() == Listing(q="sea", sort="title", size="l", parts=3)


def test_search_words_count_once_and_can_be_removed() -> None:
    listing = Listing(q=" red  sea red ")
    assert listing.words == ["red", "sea"]
    assert listing.chips() == [("red", "sea"), ("sea", "red")]


def test_every_order_has_a_label() -> None:
    for sort, label in SORTS:
        assert Listing(sort=sort).sort_label == str(label)
        assert Listing(sort=sort).order.keys[-1].lstrip("-") == "id"


def test_matching_narrows_by_all_words(db: None) -> None:
    for title in ("red sea", "red hills"):
        Image.objects.create(title=title)
    found = Listing(q="sea red").matching(Image.objects.all())
    assert [image.title for image in found] == ["red sea"]
