"""The storage of static files in production: compressed, with a hash in each name."""

from base64 import b64encode
from functools import lru_cache
from hashlib import sha384
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.utils.functional import cached_property
from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORT = r"""(?P<matched>import (?P<names>\{[^}]*\}) from ["'](?P<url>\./[^"']+)["'];)"""


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """A storage that also writes the hashed names into the `import` statements of our modules.

    Django's `support_js_module_import_aggregation` would read every package's JavaScript, and
    django-htmx has comments that look like an import of a missing file.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("studio/*.js", ((IMPORT, 'import %(names)s from "%(url)s";'),)),
    )

    def integrity_of(self, name: str) -> str:
        """Return the hash of the stored file for the attribute `integrity`."""
        if name not in self._integrities:
            self._integrities[name] = _integrity(self.path(self.stored_name(name)))
        return self._integrities[name]

    @cached_property
    def _integrities(self) -> dict[str, str]:
        return {}


def integrity_of(name: str) -> str:
    """Return the hash of a file for the attribute `integrity`, or an empty text during development.

    A browser runs a script only if its content has this hash. During development, files change
    while the server runs.
    """
    if settings.DEBUG:
        return ""
    if isinstance(staticfiles_storage, HashedStaticFiles):
        return staticfiles_storage.integrity_of(name)
    return _integrity(str(finders.find(name)))


def fingerprint() -> str:
    """Return a hash that changes with the path, size or time of any static file of the site."""
    files = []
    for finder in finders.get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            files.append((storage.path(name), status.st_size, status.st_mtime_ns))
    return sha384(repr((sorted(files), HashedStaticFiles.patterns)).encode()).hexdigest()


@lru_cache
def _integrity(path: str) -> str:
    digest = sha384(Path(path).read_bytes()).digest()
    return f"sha384-{b64encode(digest).decode()}"
