"""Reinstate a session as most tutorials would: read, compute in Python, save."""

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from tutorial.models import Event, Pack


@require_POST
@login_required
def locked(request, pack_id):
    with transaction.atomic():
        packs = Pack.objects.select_for_update()
        return reinstate(request, get_object_or_404(packs, pk=pack_id, studio=studio_of(request)))


@require_POST
@login_required
def naive(request, pack_id):
    return reinstate(request, get_object_or_404(Pack, pk=pack_id, studio=studio_of(request)))


def studio_of(request):
    return request.user.membership.studio


def reinstate(request, pack):
    if pack.sessions_used == 0:
        return render(request, "row.html", {"pack": pack, "refused": True}, status=409)
    pack.sessions_used -= 1
    pack.save()
    Event.objects.create(
        pack=pack, kind="reinstated", sessions_used=pack.sessions_used, made_by=request.user
    )
    return render(request, "row.html", {"pack": pack})
