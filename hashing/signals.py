"""What the app tells the others."""

from django.dispatch import Signal

# Sent on the save path before the row is written, once for each file that was looked at:
# sender (the model), instance, source (the name of its file field), picture (a
# hashing.pictures.decoding.Picture; None if the file is gone or cannot be decoded).
# Whoever needs the pixels takes them from here, so that no file is decoded twice. Receivers ask no
# database: commands send this from the threads that decode.
picture_decoded = Signal()
