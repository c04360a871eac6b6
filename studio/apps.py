from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StudioConfig(AppConfig):
    name = "studio"
    verbose_name = _("The site")

    def ready(self) -> None:
        from django.core.signals import request_started
        from django.db.backends.signals import connection_created

        from purchases import org_scope
        from studio.accounts import checks as _checks  # noqa: F401  registers the checks
        from studio.database import checks, tls  # noqa: F401  registers the checks

        request_started.connect(org_scope.begin_request)
        connection_created.connect(org_scope.watch)
