"""The people of a studio: accounts, memberships, permissions, sessions, approvals, PINs and the
shared desk."""
