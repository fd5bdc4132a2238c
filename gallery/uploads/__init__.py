"""Uploads and imports: a file that someone sends becomes a stored picture."""

from gallery.uploads.accepted_files import CONTENT_TYPES, accepted_types, decoded
from gallery.uploads.details import Details
from gallery.uploads.folder_import import Import, ImportStopped, batch_size
from gallery.uploads.forms import MOST_COPIES, LookupForm, UploadForm
from gallery.uploads.import_rows import Imported
from gallery.uploads.look_alikes import LookAlike
from gallery.uploads.new_pictures import store
from gallery.uploads.outcomes import Outcome, OutcomeCode, OutcomeStatus, already_here
from gallery.uploads.receiving import receive
from gallery.uploads.source_files import SourceFiles

__all__ = [
    "CONTENT_TYPES",
    "MOST_COPIES",
    "Details",
    "Import",
    "ImportStopped",
    "Imported",
    "LookAlike",
    "LookupForm",
    "Outcome",
    "OutcomeCode",
    "OutcomeStatus",
    "SourceFiles",
    "UploadForm",
    "accepted_types",
    "already_here",
    "batch_size",
    "decoded",
    "receive",
    "store",
]
