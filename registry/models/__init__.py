"""The registry: people, agencies, channels, contact points and the outbox."""

from registry.models.agency import Agency, AgencyKind, AgencyName, AgencyStatus
from registry.models.calendar import CalendarDay, working_day_exceptions
from registry.models.change import ChangeStatus, ChannelChange
from registry.models.channel import Channel, ChannelStatus
from registry.models.channel_key import ChannelKey
from registry.models.channel_kinds import ChannelKind
from registry.models.contact import ContactPoint
from registry.models.contact_states import ContactRole, ContactStatus
from registry.models.download import Download
from registry.models.fake import FakeStatus, KnownFake
from registry.models.group import GroupMembership, MemberStatus, NetworkGroup
from registry.models.message import (
    BY_PHONE,
    DeliveryAttempt,
    Heartbeat,
    Medium,
    MessageState,
    Notice,
    OutgoingMessage,
    SendingSwitch,
)
from registry.models.people import AccountChange, PersonalDataAccess, Role, User
from registry.models.printed_code import PrintedCode
from registry.models.provider import MessageProvider, ProviderName
from registry.models.receipt import Receipt, ReceiptState, Stage
from registry.models.reorganisation import (
    AgencySuccession,
    Reorganisation,
    ReorganisationKind,
    ReorganisationState,
)
from registry.models.scan import ScanDay
from registry.models.staging import ImportKind, StagedImport
from registry.models.wording import TextTemplate, Wordings

__all__ = [
    "BY_PHONE",
    "AccountChange",
    "Agency",
    "AgencyKind",
    "AgencyName",
    "AgencyStatus",
    "AgencySuccession",
    "CalendarDay",
    "ChangeStatus",
    "Channel",
    "ChannelChange",
    "ChannelKey",
    "ChannelKind",
    "ChannelStatus",
    "ContactPoint",
    "ContactRole",
    "ContactStatus",
    "DeliveryAttempt",
    "Download",
    "FakeStatus",
    "GroupMembership",
    "Heartbeat",
    "ImportKind",
    "KnownFake",
    "Medium",
    "MemberStatus",
    "MessageProvider",
    "MessageState",
    "NetworkGroup",
    "Notice",
    "OutgoingMessage",
    "PersonalDataAccess",
    "PrintedCode",
    "ProviderName",
    "Receipt",
    "ReceiptState",
    "Reorganisation",
    "ReorganisationKind",
    "ReorganisationState",
    "Role",
    "ScanDay",
    "SendingSwitch",
    "Stage",
    "StagedImport",
    "TextTemplate",
    "User",
    "Wordings",
    "working_day_exceptions",
]
