"""The codes of an authenticator app (TOTP, RFC 6238): six digits, of 30 seconds each."""

from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.debug import sensitive_variables

from purchases import clock
from studio.accounts.second_factor.encryption import decrypt, encrypt, encrypt_again
from studio.accounts.second_factor.models import Totp
from studio.accounts.user import User

STEP = 30
# The current code and the one before it, because typing takes time.
STEPS_BACK = 1
# The QR code has room for 2,953 bytes. A letter of the issuer may take 24 of them.
LONGEST_ISSUER = 40


def new_secret() -> str:
    """Return a secret of 160 random bits, in base32 as apps accept it."""
    import pyotp

    return pyotp.random_base32()


@sensitive_variables("secret")
def enrolment_url(secret: str, user: User, issuer: str) -> str:
    """Return the URL that an app reads from the QR code."""
    import pyotp

    return pyotp.TOTP(secret).provisioning_uri(
        name=user.username, issuer_name=issuer[:LONGEST_ISSUER]
    )


@sensitive_variables("url")
def qr_code(url: str, title: str) -> SafeString:
    """Return a QR code as SVG, without the style attributes that the CSP forbids."""
    import segno

    svg = segno.make_qr(url).svg_inline(
        dark="#000", light="#fff", border=4, omitsize=True, title=title
    )
    # The package escapes the title. The rest consists of numbers.
    return mark_safe(svg)  # noqa: S308


@sensitive_variables("secret", "code")
def step_of(code: str, secret: str) -> int | None:
    """Return the step of which this is the code, or None if the code is wrong or too old."""
    import pyotp
    from pyotp.utils import strings_equal

    app = pyotp.TOTP(secret)
    now = int(clock.now().timestamp()) // STEP
    steps = range(now - STEPS_BACK, now + 1)
    return next((step for step in steps if strings_equal(app.generate_otp(step), code)), None)


@sensitive_variables("code")
def use_code(user: User, code: str) -> bool:
    """Return whether the code is right, and mark it as used.

    One statement compares and stores the step, so the second of two concurrent tries is refused.
    """
    row = Totp.objects.filter(user=user).first()
    secret = decrypt(row.secret) if row else None
    step = step_of(code, secret) if secret else None
    if row is None or step is None:
        return False
    same_app = Totp.objects.filter(user=user, secret=row.secret)
    is_later = same_app.filter(last_counter__lt=step)
    return is_later.update(last_counter=step, secret=encrypt_again(row.secret)) == 1


@sensitive_variables("secret")
def new_app(user: User, secret: str, step: int) -> Totp:
    """Return the row of an app, without saving. The code that proved the app counts as used."""
    return Totp(user=user, secret=encrypt(secret), last_counter=step)
