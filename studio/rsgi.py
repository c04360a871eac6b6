"""The application for `granian --interface rsgi studio.rsgi:application`."""

from studio.whole_requests import WholeRequests
from studio.wsgi import application as django

application = WholeRequests(django)
