"""The announced length of a body, and the files in it."""

import pytest
from django.test import RequestFactory

from gallery.web.request_bodies import content_length, uploaded_files
from tests.pictures import upload


@pytest.mark.parametrize(("header", "length"), [("17", 17), ("", 0), ("many", 0)])
def test_content_length(rf: RequestFactory, header: str, length: int) -> None:
    assert content_length(rf.get("/", CONTENT_LENGTH=header)) == length


def test_uploaded_files_of_all_fields(rf: RequestFactory) -> None:
    files = [upload(seed, f"{seed}.jpg") for seed in range(3)]
    request = rf.post("/", {"file": files[:2], "another": files[2]})
    assert [file.name for file in uploaded_files(request)] == ["0.jpg", "1.jpg", "2.jpg"]
    assert uploaded_files(rf.get("/")) == []
