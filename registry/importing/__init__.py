"""Clean rows → the registry: what is new, changed, unchanged or refused, shown first, then done all or nothing."""

from registry.importing.plan import Act, Plan, PlannedRow, State
from registry.importing.planning import plan_import

__all__ = ["Act", "Plan", "PlannedRow", "State", "plan_import"]
