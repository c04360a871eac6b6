"""Passkeys (WebAuthn): the options that the browser gets, and the check of its answers.

The device must verify the person, by a fingerprint or its own PIN. An answer is valid only for the
host and the challenge of this browser's page.
"""

import json
import logging
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.db.models import Q
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from purchases import clock
from studio.accounts.second_factor.models import Passkey
from studio.accounts.user import User

if TYPE_CHECKING:
    from fido2.server import Fido2Server
    from fido2.webauthn import AttestedCredentialData

# The key of the session data with the challenge of the page.
STATE = "passkey_challenge"
# An answer of a browser has about a thousand characters.
MAX_ANSWER = 20_000
MAX_PASSKEYS = 20

logger = logging.getLogger(__name__)


def are_possible(request: HttpRequest) -> bool:
    """Return whether browsers allow passkeys for this host: they do not for an IP address."""
    try:
        ip_address(_host(request))
    except ValueError:
        return True
    return False


def options_to_add(request: HttpRequest, user: User) -> str:
    """Return the options of `navigator.credentials.create`, as JSON."""
    from fido2.webauthn import (
        PublicKeyCredentialUserEntity,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options, state = _server(request).register_begin(
        PublicKeyCredentialUserEntity(
            id=_user_handle(user), name=user.username, display_name=user.get_short_name()
        ),
        _credentials_of(user),
        resident_key_requirement=ResidentKeyRequirement.DISCOURAGED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    request.session[STATE] = state
    return json.dumps(dict(options.public_key))


def options_to_use(request: HttpRequest, user: User) -> str:
    """Return the options of `navigator.credentials.get`, as JSON."""
    from fido2.webauthn import UserVerificationRequirement

    options, state = _server(request).authenticate_begin(
        _credentials_of(user), user_verification=UserVerificationRequirement.REQUIRED
    )
    request.session[STATE] = state
    return json.dumps(dict(options.public_key))


def new_passkey(request: HttpRequest, user: User, name: str, answer: str) -> Passkey | None:
    """Return the passkey that a browser has made, without saving, or None if it is not valid."""
    state = request.session.pop(STATE, None)
    try:
        data = _server(request).register_complete(state, _parsed(answer))
        credential = data.credential_data
        assert credential is not None
    except Exception as error:
        # The package raises many kinds of errors for malformed answers.
        _log_refused(error)
        return None
    return Passkey(
        user=user,
        name=name,
        credential_id=credential.credential_id,
        credential=bytes(credential),
        sign_count=data.counter,
    )


def use_passkey(request: HttpRequest, user: User, answer: str) -> bool:
    """Return whether a passkey of the person has signed the challenge.

    A count of signatures that does not grow means that the passkey was copied, or the answer sent
    twice. One statement compares and stores the count.
    """
    from fido2.webauthn import AuthenticationResponse

    state = request.session.pop(STATE, None)
    try:
        response = AuthenticationResponse.from_dict(_parsed(answer))
        used = _server(request).authenticate_complete(state, _credentials_of(user), response)
        count = response.response.authenticator_data.counter
    except Exception as error:
        # The package raises many kinds of errors for malformed answers.
        _log_refused(error)
        return False
    grows = Q(sign_count__lt=count) if count else Q(sign_count=0)
    row = Passkey.objects.filter(grows, user=user, credential_id=used.credential_id)
    return row.update(sign_count=count, last_used_at=clock.now()) == 1


def _credentials_of(user: User) -> "list[AttestedCredentialData]":
    from fido2.webauthn import AttestedCredentialData

    rows = Passkey.objects.filter(user=user).order_by("pk")
    return [AttestedCredentialData(bytes(row.credential)) for row in rows]


def _server(request: HttpRequest) -> "Fido2Server":
    """Return the relying party: the host of the request, which Django compares with
    ALLOWED_HOSTS."""
    from fido2.server import Fido2Server
    from fido2.webauthn import PublicKeyCredentialRpEntity

    origin = f"{request.scheme}://{request.get_host()}".lower()
    party = PublicKeyCredentialRpEntity(id=_host(request), name="Studio")
    return Fido2Server(party, verify_origin=lambda answered: answered == origin)


def _host(request: HttpRequest) -> str:
    return urlsplit(f"//{request.get_host()}").hostname or ""


def _user_handle(user: User) -> bytes:
    """Return the id of the person for the device, which must not reveal who it is."""
    return salted_hmac("studio.accounts.passkeys", str(user.pk), algorithm="sha256").digest()


def _parsed(answer: str) -> dict[str, Any]:
    if len(answer) > MAX_ANSWER:
        raise ValueError("the answer is too long")
    parsed = json.loads(answer)
    if not isinstance(parsed, dict):
        raise TypeError("the answer is not an object")
    return parsed


def _log_refused(error: Exception) -> None:
    logger.info("a passkey was refused: %s", type(error).__name__)
