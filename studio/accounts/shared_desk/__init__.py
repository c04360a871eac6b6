"""The shared desk: several members act at one signed-in computer, which locks when it is idle.

`pins.verify` checks a member's PIN or password. `current_member` stores the acting member in the
session.
"""
