import os
import shutil
import tempfile


def complete_torn_file(path, content):
    """Complete the file that a killed process left empty or cut short.

    Odoo writes into its file store in place. After a kill the beginning of the content stands
    under the hash of the whole, and every later attempt to store it is refused as a collision.

    :param str path: where the content belongs; named after its hash
    :param bytes content: the whole of it
    """
    try:
        with open(path, "rb") as file:
            found = file.read(len(content) + 1)
    except FileNotFoundError:
        return
    if len(found) < len(content) and content.startswith(found):
        # In one step, so that a second kill can't tear it again.
        with tempfile.NamedTemporaryFile(dir=os.path.dirname(path), delete=False) as file:
            file.write(content)
        shutil.copymode(path, file.name)
        os.replace(file.name, path)
