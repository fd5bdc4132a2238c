"""Keypoints and previews of a folder's pictures, and the parts that they share."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image as PillowImage

from hashing.exceptions import Refusal
from hashing.keypoints import KeypointIndex, Keypoints, Part, StoredPicture, find_parts
from hashing.pictures import Preview, decode


@dataclass
class Shelf:
    """Pictures by key as they are stored, and the milliseconds that it took to describe one."""

    stored: dict[int, StoredPicture]
    ms: float

    @classmethod
    def read(cls, folder: Path, names: Mapping[str, int]) -> Shelf:
        """Read the pictures `names` in `folder`, given with their keys."""
        stored, times = {}, []
        for name, key in names.items():
            try:
                with (folder / name).open("rb") as file:
                    picture = decode(file)
            except (Refusal, FileNotFoundError) as error:
                print(f"skipped: {name}: {error}", file=sys.stderr)
                continue
            gray = picture.gray
            start = time.process_time()
            keypoints = Keypoints.of(gray)
            times.append(time.process_time() - start)
            stored[key] = StoredPicture(keypoints.to_bytes(), Preview.of(picture.image).to_bytes())
        return cls(stored, 1000 * float(np.median(times)) if times else 0.0)

    @classmethod
    def of(cls, pictures: Iterable[PillowImage.Image]) -> Shelf:
        """Take drawn `pictures`, with keys from 0."""
        stored = {
            key: StoredPicture(Keypoints.of(image).to_bytes(), Preview.of(image).to_bytes())
            for key, image in enumerate(pictures)
        }
        return cls(stored, 0.0)

    def index(self, keys: Iterable[int]) -> KeypointIndex:
        return KeypointIndex.build(
            (key, Keypoints.from_bytes(self.stored[key].keypoints)) for key in keys
        )

    def parts_of(self, key: int, index: KeypointIndex) -> list[Part]:
        """Return the parts that the picture `key` shares with others in `index`."""

        def fetch(keys: Sequence[int]) -> dict[int, StoredPicture]:
            return {other: self.stored[other] for other in keys if other != key}

        query = self.stored[key]
        return find_parts(
            Keypoints.from_bytes(query.keypoints), Preview.from_bytes(query.preview), index, fetch
        )
