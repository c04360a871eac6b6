from django.apps import AppConfig


class StudioConfig(AppConfig):
    name = "studio"
    verbose_name = "The site"

    def ready(self) -> None:
        from studio import checks  # noqa: F401  registers itself
