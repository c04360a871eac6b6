"""The storage of static files in production: compressed, with a hash in each name."""

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
