"""Exports: each list of a studio as a file, with all rows of its filter.

`lists` has the lists and their rows, `csv_file` and `xlsx_file` write them, and `stream` runs an
export while the browser downloads it.
"""
