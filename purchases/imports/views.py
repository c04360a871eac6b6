"""The pages of an import: file, columns, people and packs, done. Only the last press writes."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from purchases.access import DeskRequest, allow, import_or_404
from purchases.forms import problems
from purchases.imports import prepared, process, worker
from purchases.imports.drafts import (
    MAX_ASKED,
    Draft,
    Studio,
    asked_of,
    create_draft,
    earlier_import,
    open_draft,
)
from purchases.imports.forms import ChoicesForm, StartForm, UploadForm
from purchases.imports.headings import LABELS
from purchases.imports.preview import columns_of, lists_of
from purchases.imports.reader import ENCODINGS, UnreadableFile
from purchases.models import Import
from purchases.operations import Refused

LOGGER = logging.getLogger("studio.desk")
# The imports that the first page lists.
RECENT = 20
# The rows of a long file that the page of the columns reads.
SAMPLE = 1_000

shows_a_form = require_http_methods(["GET", "HEAD", "POST"])


@shows_a_form
def import_file(request: DeskRequest) -> HttpResponse:
    """Show the form for a file, or store the uploaded file as a draft."""
    allow(request, "administer")
    if request.method != "POST":
        return _upload_page(request)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _upload_page(request, problems(form))
    try:
        draft = create_draft(
            member=request.member,
            org_id=request.member.org_id,
            import_id=form.cleaned_data["import_id"],
            file_name=form.file_name,
            content=form.cleaned_data["file"].read(),
        )
    except UnreadableFile as problem:
        return _upload_page(request, str(problem))
    return redirect("purchases:import_columns", draft.pk)


@shows_a_form
def import_columns(request: DeskRequest, import_id: UUID) -> HttpResponse:
    """Show what the columns seem to mean, or store what the owner chose."""
    imported = import_or_404(request, import_id)
    if imported.state != Import.State.DRAFT or imported.content is None:
        return redirect("purchases:import_detail", imported.pk)
    studio = Studio.of(request.member)
    draft = open_draft(imported, most=SAMPLE)
    asked = _asked(imported, draft, studio)
    if request.method != "POST":
        return _columns_page(request, imported, draft, asked)
    form = ChoicesForm(request.POST, width=len(draft.table.headings), packs=list(asked))
    if not form.is_valid():
        return _columns_page(request, imported, draft, asked, problems(form))
    before = imported.choices
    imported.choices = before | form.choices | {"asked": list(asked)}
    imported.choices["sessions"] = before.get("sessions", {}) | form.choices["sessions"]
    imported.save(update_fields=["choices"])
    if before.get("encoding", "") != form.choices["encoding"]:
        return redirect("purchases:import_columns", imported.pk)
    # Another column may lead to questions that were not asked yet.
    if prepared.is_small(imported):
        prepared.prepare(imported, studio)
        if prepared.has_questions(imported):
            return redirect("purchases:import_columns", imported.pk)
    return redirect("purchases:import_check", imported.pk)


@shows_a_form
def import_check(request: DeskRequest, import_id: UUID) -> HttpResponse:
    """Show what the import would write, or start to write it."""
    imported = import_or_404(request, import_id)
    if imported.state != Import.State.DRAFT or imported.content is None:
        return redirect("purchases:import_detail", imported.pk)
    refused = ""
    if request.method == "POST":
        form = StartForm(request.POST)
        if not form.is_valid():
            return _check_page(request, imported, problems(form), status=400)
        try:
            imported = process.start(
                imported=imported,
                plan_hash=form.cleaned_data["plan_hash"],
                studio=Studio.of(request.member),
            )
        except Refused as refusal:
            LOGGER.info("import %s was refused: %s", import_id, refusal.code)
            refused = str(refusal)
        else:
            worker.begin(imported)
            return redirect("purchases:import_detail", imported.pk)
    return _check_page(request, imported, refused, status=409 if refused else 200)


@require_safe
def import_detail(request: DeskRequest, import_id: UUID) -> HttpResponse:
    """Show the progress of an import, or its result."""
    return _detail_page(request, import_or_404(request, import_id))


@require_POST
def undo_import(request: DeskRequest, import_id: UUID) -> HttpResponse:
    imported = import_or_404(request, import_id)
    try:
        imported = process.start_undo(member=request.member, imported=imported)
    except Refused as refusal:
        LOGGER.info("undo of import %s was refused: %s", import_id, refusal.code)
        return _detail_page(request, imported, str(refusal))
    worker.begin(imported)
    return redirect("purchases:import_detail", imported.pk)


def _upload_page(request: DeskRequest, problem: str = "") -> HttpResponse:
    imports = Import.objects.filter(org_id=request.member.org_id).exclude(
        state=Import.State.DRAFT, content=None
    )
    recent = imports.defer("content", "choices", "plan").select_related("actor", "undone_by")
    context = {
        "problem": problem,
        "import_id": uuid4(),
        "imports": recent.order_by("-created_at")[:RECENT],
    }
    return render(request, "imports/file.html", context, status=400 if problem else 200)


def _asked(imported: Import, draft: Draft, studio: Studio) -> dict[str, int | None]:
    """Return the packs whose sessions the page asks for. A long file without a plan is not read as
    a whole: the page asks again after its plan."""
    if not prepared.is_chosen(imported, studio) and prepared.is_small(imported):
        prepared.prepare(imported, studio)
    if imported.plan and prepared.is_chosen(imported, studio):
        return dict(imported.plan["asked"])
    return dict(list(asked_of(draft, studio).items())[:MAX_ASKED])


def _columns_page(
    request: DeskRequest,
    imported: Import,
    draft: Draft,
    asked: dict[str, int | None],
    problem: str = "",
) -> HttpResponse:
    plan = imported.plan or {}
    context: dict[str, Any] = {
        "imported": imported,
        "draft": draft,
        "problem": problem,
        "columns": columns_of(draft),
        "labels": LABELS,
        "encodings": ENCODINGS,
        "asks_dates": plan.get("must_ask_dates") or draft.order,
        "asked": [(pack, draft.sessions.get(pack, guess)) for pack, guess in asked.items()],
    }
    return render(request, "imports/columns.html", context, status=400 if problem else 200)


def _check_page(
    request: DeskRequest, imported: Import, problem: str, *, status: int
) -> HttpResponse:
    """Show the plan of a draft. If a thread makes it, show its progress, then the page again."""
    studio = Studio.of(request.member)
    is_current = prepared.is_current(imported, studio)
    if not is_current and prepared.is_small(imported):
        prepared.prepare(imported, studio)
        is_current = True
    if not is_current:
        worker.begin_plan(imported, studio)
        imported.refresh_from_db(fields=["plan"])
        template = "imports/_planning.html" if request.htmx else "imports/planning.html"
        return render(request, template, {"imported": imported, "problem": problem}, status=status)
    if request.htmx:
        return HttpResponse(headers={"HX-Refresh": "true"})
    if not problem and prepared.has_questions(imported):
        return redirect("purchases:import_columns", imported.pk)
    assert imported.plan is not None
    context = {
        "imported": imported,
        "plan": imported.plan,
        "lists": lists_of(imported.plan),
        "problem": problem,
        "earlier": earlier_import(imported),
        "can_start": not imported.plan["changes_nothing"] and not imported.plan["must_ask_dates"],
    }
    return render(request, "imports/check.html", context, status=status)


def _detail_page(request: DeskRequest, imported: Import, refused: str = "") -> HttpResponse:
    if imported.state == Import.State.DRAFT and imported.content is not None:
        return redirect("purchases:import_check", imported.pk)
    worker.go_on_if_stopped(imported)
    context = {"imported": imported, "refused": refused}
    template = "imports/_detail.html" if request.htmx else "imports/detail.html"
    return render(request, template, context, status=409 if refused else 200)
