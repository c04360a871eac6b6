"""The look at a database, before anything is done to it."""

from dataclasses import dataclass

from studio.database.attach.columns import compare
from studio.database.attach.functions import look_at_functions
from studio.database.attach.names import REPLACED, is_ours, look_at_names, to_be_made
from studio.database.attach.report import Report
from studio.database.attach.rows import look_at_rows
from studio.database.attach.target import TABLES, look_at_server, look_at_tables
from studio.database.attach.triggers import look_at_triggers
from studio.database.schema import History, actual_schema, drift, expected_schema, history


@dataclass(frozen=True)
class Look:
    report: Report
    history: History


def look() -> Look:
    report = Report()
    server = look_at_server(report)
    if report.refusals:
        return Look(report, History(set(), [], {}))
    there = look_at_tables(report, server)
    done = history()
    if not is_ours(report, done):
        return Look(report, done)
    found = actual_schema()
    compare(report, needed=expected_schema(done.plan).shared, found=found.shared)
    wanted = to_be_made(done)
    look_at_names(report, wanted, found)
    if not done.begun:
        report.will("record purchases.0001_initial as applied: the four tables are there")
    look_at_functions(report, REPLACED & wanted.keys())
    look_at_triggers(report)
    if missing := [node for node in done.missing if node != ("purchases", "0001_initial")]:
        report.will(f"run {len(missing)} migrations, each whole or not at all, and change no row")
    if not done.missing:
        report.warn(*(f"{each.name}: {each.hint}" for each in drift(done)))
    if not report.refusals and set(there) == set(TABLES):
        look_at_rows(report)
    return Look(report, done)
