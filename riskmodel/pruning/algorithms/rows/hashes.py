"""What a plan calls a row: a hash of its id, keyed with all ids, so that who has the table can look a row up."""

from __future__ import annotations

import hashlib

from riskmodel.core import Sample

SIZE = 8  # bytes of a hash: two of a million rows have one by chance with probability 3e-8


def row_hashes(train: Sample) -> tuple[str, ...]:
    """Of each row (n): 64 bits of BLAKE2b of its id, or of its place in the table where no id is named.

    The key is the hash of all ids, so that whoever does not have all of them cannot try them one by one.
    """
    ids = train.rows if train.ids is None else train.ids
    texts = [str(value).encode() for value in ids.tolist()]
    every = hashlib.blake2b(digest_size=32)
    for text in texts:
        every.update(len(text).to_bytes(4, "big") + text)
    key = every.digest()
    return tuple(hashlib.blake2b(text, digest_size=SIZE, key=key).hexdigest() for text in texts)
