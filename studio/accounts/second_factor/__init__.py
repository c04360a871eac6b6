"""The second factor of an account: an authenticator app, passkeys and recovery codes.

docs/security/sign-in.md describes it. The packages for codes and passkeys take a tenth of a second
to import, so functions import them when a person first uses them.
"""
