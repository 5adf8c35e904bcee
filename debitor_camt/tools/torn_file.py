import shutil
import tempfile
from pathlib import Path


def complete_torn_file(path, content):
    """Complete the file that a killed process left empty or cut short.

    Odoo writes into its file store in place. After a kill the beginning of the content stands
    under the hash of the whole, and every later attempt to store it is refused as a collision.

    :param str path: where the content belongs; named after its hash
    :param bytes content: the whole of it
    """
    torn = Path(path)
    try:
        with torn.open("rb") as file:
            found = file.read(len(content) + 1)
    except FileNotFoundError:
        return
    if len(found) < len(content) and content.startswith(found):
        # In one step, so that a second kill can't tear it again.
        with tempfile.NamedTemporaryFile(dir=torn.parent, delete=False) as file:
            file.write(content)
        shutil.copymode(torn, file.name)
        Path(file.name).replace(torn)
