"""The registry: people, agencies, channels, contact points and the outbox."""

from registry.models.agency import Agency, AgencyKind, AgencyName, AgencyStatus
from registry.models.calendar import CalendarDay, working_day_exceptions
from registry.models.channel import Channel, ChannelKey, ChannelKind, ChannelStatus
from registry.models.contact import ContactPoint, ContactRole, ContactStatus
from registry.models.message import (
    DeliveryAttempt,
    Heartbeat,
    Medium,
    MessageState,
    Notice,
    OutgoingMessage,
    SendingSwitch,
)
from registry.models.people import PersonalDataAccess, Role, User
from registry.models.reorganisation import (
    AgencySuccession,
    Reorganisation,
    ReorganisationKind,
    ReorganisationState,
)
from registry.models.staging import ImportKind, StagedImport

__all__ = [
    "Agency",
    "AgencyKind",
    "AgencyName",
    "AgencyStatus",
    "AgencySuccession",
    "CalendarDay",
    "Channel",
    "ChannelKey",
    "ChannelKind",
    "ChannelStatus",
    "ContactPoint",
    "ContactRole",
    "ContactStatus",
    "DeliveryAttempt",
    "Heartbeat",
    "ImportKind",
    "Medium",
    "MessageState",
    "Notice",
    "OutgoingMessage",
    "PersonalDataAccess",
    "Reorganisation",
    "ReorganisationKind",
    "ReorganisationState",
    "Role",
    "SendingSwitch",
    "StagedImport",
    "User",
    "working_day_exceptions",
]
