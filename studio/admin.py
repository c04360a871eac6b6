from django.contrib.admin.apps import AdminConfig


class StudioAdminConfig(AdminConfig):
    pass
