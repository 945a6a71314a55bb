"""Campaigns: what is asked, what is owed, what is delivered, and the ledger of reminders."""

from campaigns.models.campaign import Campaign, CampaignStatus, Dispatch
from campaigns.models.content import ContentFile, ContentItem, ContentKind, ContentStatus, ContentVersion
from campaigns.models.obligation import Obligation, Outcome
from campaigns.models.publication import Decision, DecisionAct, Publication, ReasonCode
from campaigns.models.reminder import Reminder
from campaigns.models.requirement import Period, Recurrence, Requirement, RequirementKind

__all__ = [
    "Campaign",
    "CampaignStatus",
    "ContentFile",
    "ContentItem",
    "ContentKind",
    "ContentStatus",
    "ContentVersion",
    "Decision",
    "DecisionAct",
    "Dispatch",
    "Obligation",
    "Outcome",
    "Period",
    "Publication",
    "ReasonCode",
    "Recurrence",
    "Reminder",
    "Requirement",
    "RequirementKind",
]
