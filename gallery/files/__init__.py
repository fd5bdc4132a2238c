"""The stored files of pictures: originals, renditions and their upkeep."""

from gallery.files.client_names import PICTURE_EXTENSIONS, clean_name, promises_picture, title_from
from gallery.files.file_facts import set_file_columns, unstored
from gallery.files.findings import Finding
from gallery.files.gps_removal import without_location
from gallery.files.integrity import row_findings
from gallery.files.missing_files import is_missing, missing
from gallery.files.originals import EXTENSIONS
from gallery.files.orphans import file_findings
from gallery.files.renditions import (
    CONTENT_TYPE,
    METHOD,
    QUALITY,
    SIZES,
    encoded,
    encoded_renditions,
    largest_size,
    open_rendition,
    remove_renditions,
    rendition_sizes,
    store_renditions,
)
from gallery.files.stored_files import (
    kept_together,
    kept_with_row,
    remove_files,
    remove_if_rowless,
    write_files,
)

__all__ = [
    "CONTENT_TYPE",
    "EXTENSIONS",
    "METHOD",
    "PICTURE_EXTENSIONS",
    "QUALITY",
    "SIZES",
    "Finding",
    "clean_name",
    "encoded",
    "encoded_renditions",
    "file_findings",
    "is_missing",
    "kept_together",
    "kept_with_row",
    "largest_size",
    "missing",
    "open_rendition",
    "promises_picture",
    "remove_files",
    "remove_if_rowless",
    "remove_renditions",
    "rendition_sizes",
    "row_findings",
    "set_file_columns",
    "store_renditions",
    "title_from",
    "unstored",
    "without_location",
    "write_files",
]
