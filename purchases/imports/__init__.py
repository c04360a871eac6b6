"""Import clients and packs from a file of another program.

`reader` returns the rows of a file, `columns` guesses what its columns mean, and `plan` says what
would be written. These write nothing. `process` stores a plan and writes it in chunks.
"""
