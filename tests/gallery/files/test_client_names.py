"""What a client's name for a file becomes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery.files.client_names import MAX_BYTES, clean_name, promises_picture, title_from


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("holiday.jpg", "holiday.jpg"),
        ("../../etc/passwd.png", "passwd.png"),
        ("C:\\Users\\ann\\beach.jpeg", "beach.jpeg"),
        ("a\x00b\r\nc.gif", "abc.gif"),
        ("gpj.\u202eexe.jpg", "gpj.exe.jpg"),
        ("e\u0301t\u00e9.webp", "\u00e9t\u00e9.webp"),
        ("", "untitled"),
        ("...", "untitled"),
        ("  .  ", "untitled"),
    ],
)
def test_name_is_cleaned(name: str, cleaned: str) -> None:
    assert clean_name(name) == cleaned


def test_long_name_keeps_its_extension() -> None:
    cleaned = clean_name("ä" * 500 + ".jpeg")
    assert cleaned.endswith("ä.jpeg")
    assert len(cleaned.encode()) <= MAX_BYTES


@given(st.text())
def test_any_name_becomes_one_line_of_text(name: str) -> None:
    cleaned = clean_name(name)
    assert cleaned
    assert cleaned.isprintable() or " " in cleaned or not cleaned.isascii()
    assert not {"/", "\\", "\n", "\r", "\0"} & set(cleaned)
    assert len(cleaned.encode()) <= MAX_BYTES
    assert clean_name(cleaned) == cleaned


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("harbour_at-dusk.jpg", "Harbour at dusk"),
        ("IMG_20240501_120102.jpg", ""),
        ("DSC00042.JPG", ""),
        ("PXL_20240501.jpg", ""),
        ("Untitled (3).png", ""),
        ("Ann's 40th.jpg", "Ann's 40th"),
        ("ß" + "a" * 300 + ".jpg", "SS" + "a" * 198),
    ],
)
def test_title_is_words_or_nothing(name: str, title: str) -> None:
    assert title_from(name) == title


@pytest.mark.parametrize("name", ["a.jpg", "a.JPEG", "a.tiff", "no extension", "2024.05.01", "a"])
def test_picture_or_no_extension_is_fine(name: str) -> None:
    assert promises_picture(name)


@pytest.mark.parametrize("name", ["a.html", "a.svg", "a.jpg.exe", "a.js", "a.php"])
def test_other_extension_is_not(name: str) -> None:
    assert not promises_picture(name)
