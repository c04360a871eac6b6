"""A class was cancelled: many purchases get one session back each, by one click.

`parser` splits a pasted text into names, e-mails and phone numbers, `lookups` finds their clients,
`decisions` chooses one or asks, `candidates` loads the packs, and `matching` puts them on the page.
`process` stores the list and reinstates it in chunks. `undo` takes it back, `extend` extends its
expired packs, and `results` reports each line.
"""
