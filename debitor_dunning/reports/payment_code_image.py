"""The QR code of a payment."""

import segno

# EPC069-12: error correction M, at most version 13.
_LARGEST_VERSION = 13


def payment_code_uri(payload):
    """Return the QR code as a data URI for ``<img>``; empty where it would get too dense."""
    code = segno.make_qr(payload, error="m", encoding="utf-8", boost_error=False)
    if code.version > _LARGEST_VERSION:
        return ""
    # The quiet zone is the white margin around the image, so that its edge lines up.
    return code.svg_data_uri(border=0, xmldecl=False, svgns=True, omitsize=True)
