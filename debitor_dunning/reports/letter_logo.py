"""The company's logo in the size in which it is printed."""

import base64
import binascii
import io
from functools import lru_cache

from PIL import Image, UnidentifiedImageError

# 70 × 22 mm at 300 dots per inch; more is not seen on paper and costs time in each letter.
_BOX = (827, 260)
_QUALITY = 93


def logo_uri(encoded):
    """Return the logo as a data URI for ``<img>``; empty where it can't be shown.

    :param encoded: the image in base64, as Odoo's binary fields give it
    """
    return _logo_uri(encoded) if encoded else ""


@lru_cache(maxsize=32)
def _logo_uri(encoded):
    try:
        image = Image.open(io.BytesIO(base64.b64decode(encoded)))
        image.load()
    except (UnidentifiedImageError, OSError, binascii.Error, Image.DecompressionBombError):
        return ""  # a letter without a logo is better than none
    return "data:image/jpeg;base64," + base64.b64encode(_as_jpeg(image)).decode()


def _as_jpeg(image):
    """Return ``image`` on white paper; a PDF takes JPEG as it is, without packing it again."""
    image.thumbnail(_BOX, Image.Resampling.LANCZOS)
    image = image.convert("RGBA")
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image.getchannel("A"))
    content = io.BytesIO()
    paper.save(content, "JPEG", quality=_QUALITY, subsampling=0, optimize=True)
    return content.getvalue()
