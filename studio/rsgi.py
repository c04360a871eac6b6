"""The application for `granian --interface rsgi studio.rsgi:application`."""

from multiprocessing import parent_process

from studio.open_files import raise_limit
from studio.parent_process import end_with
from studio.whole_requests import WholeRequests
from studio.wsgi import application as django

# A worker of granian would go on to answer on its port after granian was killed.
if parent := parent_process():
    assert parent.pid is not None
    end_with(parent.pid)

raise_limit()
application = WholeRequests(django)
