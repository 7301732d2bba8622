"""The record of processing as files, to hand over when the authority asks (art. 30(4))."""

import csv
import io
import json

from privacy.csv_guard import guarded

from .models import StatementVersion
from .record_of_processing import COLUMNS, cells, rows

#: Width of a spreadsheet's column in characters: readable without dragging, on paper too.
_WIDTH = 32


def as_json(version: StatementVersion) -> bytes:
    """Return the record with the version it was made from; the rows' keys are stable."""
    record = {
        "statement": {
            "version": version.number,
            "effective_on": version.effective_on.isoformat(),
            "sha256": version.sha256,
        },
        "processing": rows(version.look),
    }
    return json.dumps(record, ensure_ascii=False, indent=2).encode()


def as_csv(version: StatementVersion) -> bytes:
    """Return the record as a table that spreadsheets open as UTF-8, and in which nothing is a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerows([guarded(cell) for cell in line] for line in _table(version))
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(version: StatementVersion) -> bytes:
    """Return the record as a workbook; every cell is text, also when somebody edits it."""
    # Wagtail's own dependency: its exports are made with it. Here, since every process would carry its 5 MiB otherwise.
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    sheet = book.active
    for line, texts in enumerate(_table(version), start=1):
        for place, text in enumerate(texts, start=1):
            cell = sheet.cell(row=line, column=place, value=ILLEGAL_CHARACTERS_RE.sub("", text))
            # openpyxl makes a formula of whatever begins with "=".
            cell.data_type = "s"
            cell.quotePrefix = True
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(bold=line == 1)
    for column in sheet.columns:
        sheet.column_dimensions[column[0].column_letter].width = _WIDTH
    sheet.freeze_panes = "A2"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _table(version: StatementVersion) -> list[list[str]]:
    return [[str(label) for label in COLUMNS.values()], *(list(cells(row)) for row in rows(version.look))]


#: Ending of the file -> media type and maker.
FORMATS = {
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
    "csv": ("text/csv; charset=utf-8", as_csv),
    "json": ("application/json", as_json),
}
