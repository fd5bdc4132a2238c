"""The facts of two pictures, one beside the other."""

from gallery.comparing.fact_rows import fact_rows
from gallery.models import Image

A = {"sha256": "a", "content_digest": "px1:a", "width": 400, "height": 300, "format": "JPEG",
     "byte_size": 1000}  # fmt: skip


def test_rows_say_what_differs(db: None) -> None:
    first = Image.objects.create(**A, title="One")
    second = Image.objects.create(**{**A, "sha256": "b"}, title="Two")
    differing = {row.label for row in fact_rows(first, second) if row.differs}
    assert {"Title", "SHA-256"} <= differing
    assert "Dimensions" not in differing


def test_rows_say_which_has_more(db: None) -> None:
    more = {"sha256": "b", "width": 9000, "byte_size": 1, "jpeg_quality": 0}
    first, second = (Image.objects.create(**{**A, **other}) for other in ({}, more))
    leads = {row.label: row.lead for row in fact_rows(first, second) if row.lead}
    assert leads.keys() == {"Dimensions", "File size"}
    assert leads["Dimensions"] < 0 < leads["File size"]
