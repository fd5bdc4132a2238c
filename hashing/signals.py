"""Signals sent by this app."""

from django.dispatch import Signal

# Sent when a file is saved, before its row is written, once for every file that is decoded.
# Arguments: sender (the model), instance, source (the name of its file field) and picture (a
# hashing.pictures.Picture; None if the file was removed or cannot be decoded). Receivers that need
# the pixels take them from here, so that no file is decoded twice. They must not make queries:
# commands send this signal from the threads that decode.
picture_decoded = Signal()
