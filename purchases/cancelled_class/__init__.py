"""A class was cancelled: many purchases get one session back each, by one press.

`parser` takes a text apart into names and e-mails, `matching` finds whose they are, `candidates` has
the packs of those, `process` stores the list and works through it, in as many presses as
it takes, and `results` says how far it has come.
"""
