"""The contract of imports: no cycle, and each layer imports only itself and the layers below it.

Imports inside functions count. Imports under `if TYPE_CHECKING` do not, because they never run.
"""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

import pytest
from django.conf import settings

# From top to bottom. A name stands for a module or a package with all its modules; the longest name
# decides.
LAYERS = [
    {"benchmarks"},
    # The site: Django's entry points.
    {
        "studio.admin",
        "studio.admin_site",
        "studio.apps",
        "studio.archive_page",
        "studio.call_stack",
        "studio.doctor",
        "studio.downloads",
        "studio.management",
        "studio.metrics",
        "studio.middleware",
        "studio.new_studio",
        "studio.open_files",
        "studio.owner_pages",
        "studio.refused_requests",
        "studio.repeated_records",
        "studio.rsgi",
        "studio.security_headers",
        "studio.parent_process",
        "studio.serve",
        "studio.settings",
        "studio.static_files",
        "studio.supervisor",
        "studio.templatetags",
        "studio.turns",
        "studio.uploads",
        "studio.urls",
        "studio.views",
        "studio.whole_requests",
        "studio.wsgi",
        "studio.wsgi_environment",
    },
    {"studio.models"},
    {"studio.accounts", "studio.owner_pages.models"},
    {"studio.database", "studio.demo", "studio.logs", "studio.metrics.counters", "studio.places"},
    # The HTTP side of purchases, and its commands.
    {
        "purchases.access",
        "purchases.actions",
        "purchases.acts",
        "purchases.admin",
        "purchases.cancelled_class.forms",
        "purchases.cancelled_class.list_views",
        "purchases.cancelled_class.views",
        "purchases.client_blocks",
        "purchases.clients",
        "purchases.exports.forms",
        "purchases.exports.views",
        "purchases.forms",
        "purchases.imports.balance_views",
        "purchases.imports.forms",
        "purchases.imports.views",
        "purchases.imports.worker",
        "purchases.management",
        "purchases.offers.forms",
        "purchases.offers.views",
        "purchases.overview",
        "purchases.redirects",
        "purchases.responses",
        "purchases.rows",
        "purchases.sales.forms",
        "purchases.sales.views",
        "purchases.seals.forms",
        "purchases.seals.views",
        "purchases.templatetags",
        "purchases.urls",
        "purchases.views",
    },
    {
        "purchases.cancelled_class",
        "purchases.exports",
        "purchases.imports",
        "purchases.offers",
        "purchases.sales",
    },
    {"purchases.operations", "purchases.queries"},
    {"purchases.changed_values"},
    {
        "purchases.allowances",
        "purchases.formatting",
        "purchases.invariants",
        "purchases.seals",
    },
    {"purchases.dates", "purchases.live_updates", "purchases.member"},
    {"purchases.models", "purchases.org_scope", "purchases.session_keys"},
    # The only module of purchases that runs raw SQL, the days of a time zone, the rules for input,
    # the decimals of currencies.
    {
        "purchases.currencies",
        "purchases.database",
        "purchases.days",
        "purchases.input_rules",
    },
    {"purchases.clock"},
]
DEPTHS = {name: depth for depth, names in enumerate(LAYERS) for name in names}
HTTP_SIDE = DEPTHS["purchases.views"]
# In purchases, only the HTTP side imports these.
HTTP = ("django.http", "django.shortcuts")
# The name of a module, and the names that it imports.
Imports = dict[str, set[str]]


def our_sources() -> dict[str, str]:
    """The text of each module of the project, but for its tests and frozen migrations."""
    sources = {}
    for package in ("benchmarks", "purchases", "studio"):
        for path in sorted((settings.BASE_DIR / package).rglob("*.py")):
            parts = path.relative_to(settings.BASE_DIR).with_suffix("").parts
            if "migrations" not in parts:
                sources[".".join(parts).removesuffix(".__init__")] = path.read_text()
    return sources


def all_imports(sources: dict[str, str]) -> Imports:
    return {name: set(imported_by(source)) for name, source in sources.items()}


def imported_by(source: str) -> Iterator[str]:
    """The dotted names of all imports; `from x import y` gives `x.y`."""
    nodes: list[ast.AST] = [ast.parse(source)]
    while nodes:
        match nodes.pop():
            case ast.Import(names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(str(module), names, 0):
                yield from (f"{module}.{alias.name}" for alias in names)
            case ast.ImportFrom():
                raise AssertionError("the graph has no relative imports")
            case ast.If(ast.Name("TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING")) as node:
                nodes += node.orelse
            case node:
                nodes += ast.iter_child_nodes(node)


def within_project(imports: Imports) -> Imports:
    """Only the imports of the project's modules, each by the name of its module."""
    return {
        module: {ours for name in names if (ours := module_of(name, imports))} - {module}
        for module, names in imports.items()
    }


def module_of(name: str, modules: Imports) -> str | None:
    if name in modules:
        return name
    package = name.rpartition(".")[0]
    return package if package in modules else None


def cycle_in(imports: Imports) -> list[str]:
    try:
        TopologicalSorter(within_project(imports)).prepare()
    except CycleError as error:
        cycle: list[str] = error.args[1]
        return cycle
    return []


def depth_of(module: str) -> int | None:
    parts = module.split(".")
    names = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((DEPTHS[name] for name in names if name in DEPTHS), None)


def upward_imports(imports: Imports) -> list[str]:
    """Each import of a module of a layer above; and each module that has no layer."""
    return [
        f"{module} imports {name}"
        for module, names in within_project(imports).items()
        for name in sorted(names)
        if not is_downward(depth_of(module), depth_of(name))
    ]


def is_downward(importing: int | None, imported: int | None) -> bool:
    return importing is not None and imported is not None and importing <= imported


def http_below_the_views(imports: Imports) -> list[str]:
    return [
        f"{module} imports {name}"
        for module, names in imports.items()
        for name in sorted(names)
        if (depth_of(module) or 0) > HTTP_SIDE and name.startswith(HTTP)
    ]


@pytest.fixture(scope="module")
def sources() -> dict[str, str]:
    return our_sources()


def test_no_module_imports_itself_by_way_of_others(sources: dict[str, str]) -> None:
    assert cycle_in(all_imports(sources)) == []


def test_each_layer_imports_only_itself_and_the_layers_below(sources: dict[str, str]) -> None:
    assert upward_imports(all_imports(sources)) == []


def test_nothing_below_the_views_of_purchases_imports_http(sources: dict[str, str]) -> None:
    assert http_below_the_views(all_imports(sources)) == []


def test_the_site_does_not_import_its_tests(sources: dict[str, str]) -> None:
    imports = all_imports(sources)
    assert [name for names in imports.values() for name in names if name.startswith("tests")] == []


# --- Negative controls: made-up faults are found --------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "from purchases import views",
        "import purchases.views",
        "def later():\n    from purchases.views import undo",
        "try:\n    from purchases.views import undo\nexcept ImportError:\n    undo = None",
        "if TYPE_CHECKING:\n    pass\nelse:\n    from purchases.views import undo",
    ],
)
def test_a_cycle_is_found(sources: dict[str, str], source: str) -> None:
    """The views import the forms."""
    forms = f"{sources['purchases.forms']}\n{source}"
    cycle = cycle_in(all_imports(sources | {"purchases.forms": forms}))

    assert {"purchases.forms", "purchases.views"} <= set(cycle)


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("purchases.models.search", "purchases.queries"),
        ("purchases.operations.requests", "purchases.forms"),
        ("purchases.views", "studio.accounts.membership"),
        ("studio.accounts.pins", "studio.middleware"),
        ("studio.demo.names", "benchmarks.generator"),
    ],
)
def test_an_upward_import_is_found(sources: dict[str, str], module: str, name: str) -> None:
    made_up = f"{sources[module]}\ndef later():\n    import {name}\n"

    assert upward_imports(all_imports(sources | {module: made_up})) == [f"{module} imports {name}"]


def test_a_module_without_a_layer_is_found(sources: dict[str, str]) -> None:
    new = {"purchases.helpers": "from purchases.models import Client"}

    assert upward_imports(all_imports(sources | new)) == [
        "purchases.helpers imports purchases.models"
    ]


def test_an_import_for_types_alone_is_no_import(sources: dict[str, str]) -> None:
    made_up = "if TYPE_CHECKING:\n    from purchases import views"

    assert cycle_in(all_imports(sources | {"purchases.forms": made_up})) == []


def test_http_in_an_operation_is_found(sources: dict[str, str]) -> None:
    new = {"purchases.operations.new": "from django.http import HttpRequest"}

    assert http_below_the_views(all_imports(sources | new)) == [
        "purchases.operations.new imports django.http.HttpRequest"
    ]
