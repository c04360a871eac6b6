from django.utils.translation import gettext_lazy as _

IN_CENTS = _("In cents: write 20000 for 200.00.")
