"""Who stands for a bundle: an Ed25519 signature (RFC 8032) of its manifest, which has the hash of every file.

The hashes of an unsigned bundle show that it was not damaged. They do not show who made it: whoever can write the
folder can write the hashes anew. A signature shows that the holder of a private key has seen these bytes.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from riskmodel.bundle import SIGNATURE, Bundle, _sealed
from riskmodel.errors import BundleError, RiskModelError
from riskmodel.files import atomic

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_PURPOSE = b"riskmodel bundle 1\0"  # so that a signature of something else is none of a bundle


def new_keys(private: Path) -> Path:
    """Writes a private key, for its owner's eyes alone, and beside it the public one; returns where that is.

    Raises: RiskModelError where either is there already, OSError.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    public = private.with_name(f"{private.name}.pub")
    if taken := [path for path in (private, public) if os.path.lexists(path)]:
        raise RiskModelError(f"{taken[0]}: must not exist yet, however: it does")
    key = Ed25519PrivateKey.generate()
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    atomic.write(private, key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain), 0o600)
    atomic.write(public, key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo))
    return public


def sign(bundle: Bundle, folder: Path, private: Path) -> None:
    """Writes the signature of the bundle that was read from `folder` into it. Raises: RiskModelError, OSError."""
    atomic.write(folder / SIGNATURE, _private(private).sign(_message(bundle)))


def check(bundle: Bundle, public: Path) -> None:
    """Raises: BundleError unless the holder of the key has signed the bundle; RiskModelError for what is no key."""
    from cryptography.exceptions import InvalidSignature

    key = _public(public)
    if not bundle.signature:
        raise BundleError(f"the bundle must be signed for {public}, however: it has no signature")
    try:
        key.verify(bundle.signature, _message(bundle))
    except InvalidSignature as error:
        raise BundleError(f"the bundle must be signed for {public}, however: by another key, or for others") from error


def _message(bundle: Bundle) -> bytes:
    return _PURPOSE + _sealed(bundle.manifest)


def _private(path: Path) -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        raise RiskModelError(f"{path}: must be a private Ed25519 key in PEM without a passphrase") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise RiskModelError(f"{path}: must be a private Ed25519 key in PEM, however: another kind of key")
    return key


def _public(path: Path) -> Ed25519PublicKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(path.read_bytes())
    except ValueError as error:
        raise RiskModelError(f"{path}: must be a public Ed25519 key in PEM") from error
    if not isinstance(key, Ed25519PublicKey):
        raise RiskModelError(f"{path}: must be a public Ed25519 key in PEM, however: another kind of key")
    return key
