"""A class was cancelled: many purchases get one session back each, by one press.

`pasted` takes a text apart into names and e-mails, `matching` finds whose they are, `people` has
the packs of those, `giving_back` writes the list down and works through it, in as many presses as
it takes, and `results` says how far it has come.
"""
