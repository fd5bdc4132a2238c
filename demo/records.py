"""The EXIF data that a camera writes into its files."""

from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational

from demo.scene import Scene

MAKE, MODEL = "Heliotype", "Field Six"


def camera_record(scene: Scene) -> Image.Exif:
    """The EXIF of a scene that pretends to be a photograph."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = MAKE
    exif[ExifTags.Base.Model] = MODEL
    exif[ExifTags.Base.DateTime] = scene.taken
    details = exif.get_ifd(ExifTags.IFD.Exif)
    details[ExifTags.Base.DateTimeOriginal] = scene.taken
    details[ExifTags.Base.FNumber] = IFDRational(8)
    details[ExifTags.Base.FocalLength] = IFDRational(35)
    if scene.place:
        exif.get_ifd(ExifTags.IFD.GPSInfo).update(_position(*scene.place))
    return exif


def _position(latitude: float, longitude: float) -> dict[int, object]:
    """The GPS tags of a place, given in degrees north and east."""
    return {
        ExifTags.GPS.GPSLatitudeRef: "N" if latitude >= 0 else "S",
        ExifTags.GPS.GPSLatitude: _sexagesimal(abs(latitude)),
        ExifTags.GPS.GPSLongitudeRef: "E" if longitude >= 0 else "W",
        ExifTags.GPS.GPSLongitude: _sexagesimal(abs(longitude)),
    }


def _sexagesimal(degrees: float) -> tuple[IFDRational, ...]:
    """Degrees, minutes and hundredths of seconds in EXIF format."""
    minutes, hundredths = divmod(round(degrees * 360_000), 6000)
    whole, minute = divmod(minutes, 60)
    return IFDRational(whole), IFDRational(minute), IFDRational(hundredths, 100)
