"""Pages of text that are all different but look alike, photographed or drawn."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from matching_corpus import pictures_in, read_corpus, subject_of
from matching_figures import matches_among
from PIL import Image as PillowImage
from PIL import ImageDraw

from hashing.matching import Subject
from hashing.pictures import decode

WORDS = (
    *("total", "cash", "change", "tax", "item", "amount", "invoice"),
    *("date", "thank", "please", "again", "road", "shop", "table"),
)


def page_figures(folder: Path) -> dict[str, Any]:
    names = pictures_in(folder, "hard_negatives")
    if names:
        subjects = read_corpus(folder, names).subjects
    else:
        pages = [receipt(seed) for seed in range(60)] + [letter(seed) for seed in range(60)]
        subjects = dict(enumerate(map(drawn_subject, pages)))
    flagged = len(matches_among(subjects))
    return {
        "pairs": len(subjects) * (len(subjects) - 1) // 2,
        "flagged": flagged,
        "pages": len(subjects),
        "seen_as_pages": sum(one.is_page for one in subjects.values()),
        "drawn": not names,
    }


def drawn_subject(image: PillowImage.Image) -> Subject:
    with tempfile.TemporaryFile() as file:
        image.save(file, "JPEG")
        return subject_of(decode(file))


def receipt(seed: int) -> PillowImage.Image:
    """Draw one of many receipts of the same shop."""
    rng = np.random.default_rng(seed)
    page = PillowImage.new("RGB", (500, 1100), (int(rng.integers(235, 256)),) * 3)
    draw = ImageDraw.Draw(page)
    for line in range(5):
        draw.text(
            (250, 30 + 34 * line), WORDS[line].upper() * 3, "black", font_size=24, anchor="ma"
        )
    y = 220
    for _ in range(int(rng.integers(8, 24))):
        draw.text((30, y), " ".join(rng.choice(WORDS, 3)), "black", font_size=20)
        draw.text((470, y), f"{rng.integers(1, 99)}.00", "black", font_size=20, anchor="ra")
        y += 28
    draw.line((20, y, 480, y), "black", 3)
    draw.text((30, y + 15), f"TOTAL {rng.integers(10, 999)}.00", "black", font_size=30)
    return page.rotate(float(rng.normal(0, 0.5)), fillcolor="white")


def letter(seed: int) -> PillowImage.Image:
    """Draw a page of text."""
    rng = np.random.default_rng(seed)
    page = PillowImage.new("RGB", (600, 850), "white")
    draw = ImageDraw.Draw(page)
    draw.text((60, 60), " ".join(rng.choice(WORDS, 3)).title(), "black", font_size=32)
    for y in range(130, 780, 26):
        words = rng.choice(WORDS, int(rng.integers(2, 8)))
        draw.text((60, y), " ".join(words), "black", font_size=18)
    return page
