"""Pictures for the addon's page, taken of a tour's last step."""

import base64
import os
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from odoo.tests.common import ChromeBrowser


@contextmanager
def keep_picture(name):
    """Keep what the browser shows when a tour has ended, if DEBITOR_PICTURES names a folder."""
    folder = os.environ.get("DEBITOR_PICTURES")
    if not folder:
        yield
        return
    wait = ChromeBrowser._wait_code_ok

    def wait_and_keep(browser, *args, **kwargs):
        result = wait(browser, *args, **kwargs)
        picture = browser._websocket_request("Page.captureScreenshot")["data"]
        (Path(folder) / name).write_bytes(base64.b64decode(picture))
        return result

    with patch.object(ChromeBrowser, "_wait_code_ok", wait_and_keep):
        yield
