"""The QR code of a payment."""

import segno

# EPC069-12: error correction M, at most version 13.
_LARGEST_VERSION = 13
_DOTS_PER_MODULE = 4


def payment_code_uri(payload):
    """Return the QR code as a data URI for ``<img>``; empty where it would get too dense."""
    code = segno.make_qr(payload, error="m", encoding="utf-8", boost_error=False)
    if code.version > _LARGEST_VERSION:
        return ""
    # The quiet zone is the white space around the image, so that its edge lines up. A PNG,
    # because a PDF takes a thousand squares faster as one small image than as a path.
    return code.png_data_uri(scale=_DOTS_PER_MODULE, border=0)
