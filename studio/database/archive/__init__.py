"""A studio's whole data as one ZIP file: a CSV file of each table, and a manifest.

`tables` says which rows of which tables belong to a studio, `write` makes the file, and `read`
brings it into another installation.
"""

from studio.database.archive.manifest import FORMAT, Manifest, UnsuitableArchive
from studio.database.archive.read import Imported, import_archive
from studio.database.archive.write import MovedPurchases, archive_chunks

__all__ = [
    "FORMAT",
    "Imported",
    "Manifest",
    "MovedPurchases",
    "UnsuitableArchive",
    "archive_chunks",
    "import_archive",
]
