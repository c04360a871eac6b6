"""Inspect a database before anything is done to it."""

from dataclasses import dataclass

from studio.database import bridge
from studio.database.attach.columns import compare
from studio.database.attach.functions import inspect_functions
from studio.database.attach.names import REPLACED, already_made, inspect_names, is_ours, to_be_made
from studio.database.attach.report import Report
from studio.database.attach.rows import inspect_rows
from studio.database.attach.target import TABLES, inspect_server, inspect_tables
from studio.database.attach.triggers import inspect_triggers
from studio.database.schema import History, actual_schema, drift, expected_schema, history
from studio.database.tables.hazards import hazards


@dataclass(frozen=True)
class Inspection:
    report: Report
    history: History


def inspect() -> Inspection:
    report = Report()
    server = inspect_server(report)
    if report.refusals:
        return Inspection(report, History(set(), [], {}))
    there = inspect_tables(report, server)
    if refusal := bridge_refusal():
        report.refuse(refusal)
        return Inspection(report, History(set(), [], {}))
    done = history()
    if not is_ours(report, done):
        return Inspection(report, done)
    found = actual_schema()
    compare(report, needed=expected_schema(done.plan).shared, found=found.shared)
    applied = already_made(done)
    wanted = to_be_made(done, applied)
    inspect_names(report, wanted, found)
    if not done.begun:
        report.will("record purchases.0001_initial as applied: the four tables are there")
    inspect_functions(report, REPLACED & wanted.keys(), applied)
    inspect_triggers(report)
    report.warn(*(f"{each.name}: {each.repair}" for each in hazards()))
    if missing := [node for node in done.missing if node != ("purchases", "0001_initial")]:
        report.will(f"run {len(missing)} migrations, each whole or not at all, and change no row")
    if not done.missing:
        report.warn(*(f"{each.name}: {each.repair}" for each in drift(done)))
    if not report.refusals and set(there) == set(TABLES):
        inspect_rows(report)
    return Inspection(report, done)


def bridge_refusal() -> str | None:
    """Return what to run first on a database of the migrations before 0.1.0."""
    try:
        return bridge.FIRST if bridge.is_needed() else None
    except bridge.TooOld as error:
        return str(error)
