"""As many packs as the desk's benchmark presses (benchmarks/packs.py), and who presses them."""

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand

from tutorial.models import Membership, Pack, Studio


class Command(BaseCommand):
    def handle(self, **options):
        studio = Studio.objects.create(name="Northside Pilates")
        desk = User.objects.create_user("desk", password="studio-demo")
        Membership.objects.create(user=desk, studio=studio)
        Pack.objects.bulk_create(
            Pack(
                studio=studio,
                client=f"Client {number}",
                offer="10-class pack",
                sessions_total=1_000_000,
                sessions_used=900_000,
            )
            for number in range(10_000)
        )
