"""Packages whose files may be executed."""

import io
import zipfile


def executable(files):
    """Zip files that may be executed."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o100755 << 16
            archive.writestr(entry, content)
    return made.getvalue()
