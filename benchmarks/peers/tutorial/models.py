from django.conf import settings
from django.db import models


class Studio(models.Model):
    name = models.CharField(max_length=100)


class Membership(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE)
    studio = models.ForeignKey(Studio, models.CASCADE)
    role = models.CharField(max_length=20, default="staff")


class Pack(models.Model):
    studio = models.ForeignKey(Studio, models.CASCADE)
    client = models.CharField(max_length=100)
    offer = models.CharField(max_length=100)
    sessions_total = models.IntegerField()
    sessions_used = models.IntegerField(default=0)


class Event(models.Model):
    pack = models.ForeignKey(Pack, models.CASCADE)
    kind = models.CharField(max_length=20)
    sessions_used = models.IntegerField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    made_at = models.DateTimeField(auto_now_add=True)
