"""Files from outside: hostile until the list of types, the signature and the real parser all say otherwise."""

from portal.lib.uploads.checking import Checked, Outcome, Slot, accepted_types, check_file, slot_for

__all__ = ["Checked", "Outcome", "Slot", "accepted_types", "check_file", "slot_for"]
