"""The process that reads a spreadsheet. `spreadsheets` starts it by the path of this file.

A spreadsheet of 2 kB may have a cell in the last row and column: the parser reserves memory for
every cell before it, and then aborts its process. An archive may unpack to more than it declares.
So a process of its own reads the file, within limits of memory and time. It imports nothing of the
site, and gets none of its secrets. The file is the standard input. The answer is JSON.
"""

import json
import resource
import sys
from datetime import date, datetime, time
from io import BytesIO

# The problems that the answer may have instead of rows.
UNREADABLE, EMPTY = "unreadable", "empty"
MEMORY = 1024**3
CPU_SECONDS = 20


def main(most: int, columns: int, longest: int, characters: int) -> dict[str, object]:
    """Return the rows of the first sheet that has more than one, or the name of a problem.

    Cut the sheet after `most` filled rows, a row after `columns` cells, and a cell after `longest`
    characters. Raise MemoryError if all cells have more than `characters`.
    """
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    from python_calamine import CalamineError, CalamineWorkbook

    content = sys.stdin.buffer.read()
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        for at in range(len(book.sheet_names)):
            sheet = book.get_sheet_by_index(at)
            if sheet.height > 1:
                break
        else:
            return {"problem": EMPTY}
    except (CalamineError, ValueError, OSError):
        return {"problem": UNREADABLE}
    rows: list[tuple[int, list[str]]] = []
    for number, values in enumerate(sheet.iter_rows(), 1):
        cells = [one_line(text_of(value), longest) for value in values[:columns]]
        if any(cells):
            rows.append((number, cells))
            characters -= sum(map(len, cells))
        if characters < 0:
            raise MemoryError
        if len(rows) >= most:
            break
    return {"rows": rows}


def one_line(text: str, longest: int) -> str:
    return " ".join(text[:longest].split())


def text_of(value: object) -> str:
    """Return the text of a cell. A whole number has no decimals, and a date is ISO 8601."""
    match value:
        case bool():
            return "yes" if value else "no"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case datetime():
            midnight = value.time() == time(0)
            return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
        case date():
            return value.isoformat()
        case _:
            return str(value).replace("\0", "")


if __name__ == "__main__":
    json.dump(main(*map(int, sys.argv[1:])), sys.stdout)
