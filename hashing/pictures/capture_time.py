"""
When a picture was taken, from EXIF or XMP, in the spellings that cameras and programs use.

Sources: EXIF 3.0 (CIPA DC-008), section 4.6.5, "Other tags"; XMP specification, part 1, "Date".
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import NamedTuple, Self

from PIL import Image

from hashing.pictures.exif import EXIF_IFD

# The time, the fraction of its second and its zone, by their EXIF tags, the best first.
EXIF_TIMES = (
    (0x9003, 0x9291, 0x9011),  # DateTimeOriginal
    (0x9004, 0x9292, 0x9012),  # DateTimeDigitized
)
# The same in XMP, the best first. The prefix "xap" is an old name of "xmp".
XMP_TIMES = (
    *(b"exif:DateTimeOriginal", b"photoshop:DateCreated"),
    *(b"exif:DateTimeDigitized", b"xmp:CreateDate", b"xap:CreateDate"),
)
# As an attribute or an element. All repetitions are bounded and most are possessive (the + behind
# them), so that no file makes a search take quadratic time.
XMP_TIME = re.compile(
    rb"\b(%b)" % b"|".join(XMP_TIMES)
    + rb"""(?:\s{0,9}+=\s{0,9}+["']|(?:\s[^<>]{0,200}+)?+>\s{0,99}+)([-+:.,/TZ\d ]{10,40}+)"""
)
# Bytes of XMP that are searched.
MOST_XMP = 512 * 1024

TIME = re.compile(
    r"(\d{4})[-:/.] ?(\d\d?)[-:/.] ?(\d\d?)[T ] ?(\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?"
    r" ?(Z|[-+]\d\d:?\d\d|[-+]\d\d)?"
)
ZONE = re.compile(r"([-+])(\d\d):?(\d\d)?")

# The oldest surviving photograph was taken in 1826. Later dates than the last are too late to
# convert to other zones.
FIRST_YEAR, LAST_YEAR = 1826, 9000

SECOND, MINUTE = 1_000_000, 60_000_000
# Digits of a microsecond.
DIGITS = 6


class CaptureTime(NamedTuple):
    """
    When a picture was taken: `moment`, with a time zone only if the file says which.

    `precision` is the step of the clock, in microseconds: a file may say 12:30 (a minute),
    12:30:15 (a second) or 12:30:15.20 (a hundredth).
    """

    moment: datetime
    precision: int = SECOND

    @classmethod
    def parse(cls, text: str, fraction: str = "", zone: str = "") -> Self | None:
        """
        Return the time that is written in `text`, None if there is none.

        `fraction` and `zone` are used if the text has none itself.
        """
        if not (match := TIME.fullmatch(text.strip("\0 \t\r\n"))):
            return None
        year, month, day, hour, minute, second = (int(number or 0) for number in match.groups()[:6])
        seconds, own_fraction, own_zone = match.groups()[5:]
        digits = _digits(own_fraction or fraction)[:DIGITS] if seconds else ""
        microsecond = int(digits.ljust(DIGITS, "0"))
        with suppress(ValueError):  # the text looks like a date, but there is no such day
            moment = datetime(year, month, day, hour, minute, second, microsecond)
            if FIRST_YEAR <= year <= LAST_YEAR:
                precision = 10 ** (DIGITS - len(digits)) if seconds else MINUTE
                return cls(moment.replace(tzinfo=_zone(own_zone or zone)), precision)
        return None


def capture_time_of(image: Image.Image, exif: Image.Exif) -> CaptureTime | None:
    """Return when `image`, whose EXIF is `exif`, was taken; None if the file does not say."""
    times = (time for times in (_exif_times(exif), _xmp_times(image)) for time in times)
    return next((time for time in times if time), None)


def _exif_times(exif: Image.Exif) -> Iterator[CaptureTime | None]:
    with suppress(Exception):  # damaged metadata: the picture still counts
        details = exif.get_ifd(EXIF_IFD)
        for tags in EXIF_TIMES:
            yield CaptureTime.parse(*(_text(details.get(tag, "")) for tag in tags))


def _xmp_times(image: Image.Image) -> Iterator[CaptureTime | None]:
    packet = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    packet = packet.encode() if isinstance(packet, str) else packet
    # Without zeros, UTF-16 and UTF-32 read like ASCII.
    times = XMP_TIME.findall(packet[:MOST_XMP].replace(b"\0", b""))
    for wanted in XMP_TIMES:
        yield from (CaptureTime.parse(text.decode()) for name, text in times if name == wanted)


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _digits(fraction: str) -> str:
    """Return the decimal digits of a fraction, "" if it is blank or anything else."""
    fraction = fraction.strip("\0 ")
    return fraction if fraction.isascii() and fraction.isdigit() else ""


def _zone(text: str) -> tzinfo | None:
    """Return the zone that is written in `text`, such as "Z", "+02:00" or "-0330"."""
    text = text.strip("\0 ")
    if text == "Z":
        return UTC
    if not (match := ZONE.fullmatch(text)):
        return None
    sign, hours, minutes = match.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
    with suppress(ValueError):  # a day or more
        return timezone(-offset if sign == "-" else offset)
    return None
