"""Several people at one computer that is signed in: who acts, by a short code, and when it locks.

`pins.verify` says whether it is really this member who is here; `acting` keeps who acts.
"""
