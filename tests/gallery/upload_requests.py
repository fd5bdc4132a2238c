"""What is sent to the upload page, as a script sends it."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

UPLOAD = reverse("gallery:upload")
JSON = {"Accept": "application/json"}


def send(client: Client, *files: SimpleUploadedFile, json: bool = True, **data: Any) -> Any:
    headers = JSON if json else {}
    return client.post(UPLOAD, {"file": list(files), **data}, headers=headers)
