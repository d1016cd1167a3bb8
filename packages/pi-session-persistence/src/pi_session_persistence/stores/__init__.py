"""Sessions kept somewhere else, too: pushed, pulled, brought to the same state; a conflict keeps both sides."""

from pi_session_persistence.stores._checkout import StoreCourier, checkout
from pi_session_persistence.stores._copy import place_for
from pi_session_persistence.stores._directory import DirectoryStore
from pi_session_persistence.stores._errors import (
    ChangedError,
    ForkedError,
    NotStoredError,
    StoreDamagedError,
    StoreError,
    StoreGoneError,
)
from pi_session_persistence.stores._manifest import Manifest, Segment
from pi_session_persistence.stores._opening import Opener, open_store
from pi_session_persistence.stores._place import Place
from pi_session_persistence.stores._store import Object, Store
from pi_session_persistence.stores._sync import Action, Fork, Outcome, Way, preview, reconcile
from pi_session_persistence.stores._vault import Head, Vault

__all__ = [
    "Action",
    "ChangedError",
    "DirectoryStore",
    "Fork",
    "ForkedError",
    "Head",
    "Manifest",
    "NotStoredError",
    "Object",
    "Opener",
    "Outcome",
    "Place",
    "Segment",
    "Store",
    "StoreCourier",
    "StoreDamagedError",
    "StoreError",
    "StoreGoneError",
    "Vault",
    "Way",
    "checkout",
    "open_store",
    "place_for",
    "preview",
    "reconcile",
]
