"""A class was cancelled: many purchases get one session back each, by one click.

`parser` splits a pasted text into names and e-mails, `matching` finds their clients, `candidates`
loads the packs of those clients, `process` stores the list and works through it in chunks, and
`results` reports its progress.
"""
