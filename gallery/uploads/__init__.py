"""From a file that someone sends to a stored picture."""

from gallery.uploads.folder_import import Import, ImportStopped, Result, SourceFiles, batch_size
from gallery.uploads.forms import MOST_COPIES, LookupForm, UploadForm
from gallery.uploads.receiving import (
    CONTENT_TYPES,
    Details,
    Outcome,
    accepted_types,
    already_here,
    decoded,
    receive,
    store,
)

__all__ = [
    "CONTENT_TYPES",
    "MOST_COPIES",
    "Details",
    "Import",
    "ImportStopped",
    "LookupForm",
    "Outcome",
    "Result",
    "SourceFiles",
    "UploadForm",
    "accepted_types",
    "already_here",
    "batch_size",
    "decoded",
    "receive",
    "store",
]
