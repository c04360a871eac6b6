"""The limit of open files, of which each connection of a browser is one."""

import logging

try:
    import resource
except ModuleNotFoundError:  # Windows has no such limit
    resource = None  # type: ignore[assignment]

LOGGER = logging.getLogger("studio.serve")
# The connections of a worker (`LIMITS` in studio/supervisor.py), and files of its own.
ENOUGH = 4096 + 128


def raise_limit() -> None:
    """Allow this process as many open files as it may have, and warn if these are too few."""
    if resource is None:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    unlimited = resource.RLIM_INFINITY
    wanted = ENOUGH if hard == unlimited else min(ENOUGH, hard)
    if soft != unlimited and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    if hard != unlimited and hard < ENOUGH:
        LOGGER.warning(
            "this process may open only %d files: with more browsers, some get no answer. Raise"
            " the limit to %d, as by LimitNOFILE=%d in a systemd unit",
            *(hard, ENOUGH, ENOUGH),
        )
