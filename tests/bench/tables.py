# SPDX-License-Identifier: Apache-2.0
"""Tables of Markdown, and their places in doc/PERFORMANCE.md."""

import re
from dataclasses import dataclass, field


@dataclass
class Table:
    """`key` is the name of its place, <!-- bench KEY --> to <!-- end KEY -->.

    If it `is_kept`, rows that stand there and were not measured now stay; a
    row is known by its first `key_cells` cells."""

    key: str
    head: tuple
    rows: list = field(default_factory=list)
    caption: str = ""
    is_kept: bool = False
    key_cells: int = 2

    def text(self, rows=None):
        lines = [self.caption, ""] if self.caption else []
        lines.append("| " + " | ".join(self.head) + " |")
        lines.append("|" + "---|" * len(self.head))
        lines += ["| " + " | ".join(str(cell) for cell in row) + " |"
                  for row in (self.rows if rows is None else rows)]
        return "\n".join(lines)

    def merged(self, before):
        """The rows that stood there, with those of now in their places."""
        rows = [tuple(cell.strip() for cell in line.strip("|").split("|"))
                for line in before.splitlines()
                if line.startswith("| ")][1:]
        for row in self.rows:
            row = tuple(str(cell) for cell in row)
            place = next((i for i, other in enumerate(rows)
                          if other[:self.key_cells] == row[:self.key_cells]),
                         None)
            if place is None:
                rows.append(row)
            else:
                rows[place] = row
        return rows


def place(text, table):
    """The text of a document with the table in its place, None: it has none."""
    found = re.search(rf"(<!-- bench {re.escape(table.key)} -->\n)(.*?)"
                      rf"(<!-- end {re.escape(table.key)} -->)", text, re.S)
    if not found:
        return None
    rows = table.merged(found[2]) if table.is_kept else None
    return text[:found.end(1)] + table.text(rows) + "\n" + text[found.start(3):]


def write(path, tables):
    """Puts the tables into the document; the keys that have no place there."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    lost = []
    for table in tables:
        placed = place(text, table)
        if placed is None:
            lost.append(table.key)
        text = placed or text
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return lost
