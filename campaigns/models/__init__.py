"""Campaigns: what is asked, what is owed, what is delivered, and the ledger of reminders."""

from campaigns.models.asking import AnswerState, Appeal, ExtensionRequest, InternalNote
from campaigns.models.campaign import Campaign, CampaignStatus, Dispatch
from campaigns.models.closing import ClosedDuty, MonthClosing
from campaigns.models.connector import Connector, Provider
from campaigns.models.content import ContentItem
from campaigns.models.content_status import ContentStatus
from campaigns.models.feed import CalendarFeed
from campaigns.models.file import ContentFile, PicturePiece
from campaigns.models.job import JobNote, JobState, PublicationJob
from campaigns.models.obligation import Obligation, Outcome
from campaigns.models.outreach import OutreachReport
from campaigns.models.publication import Decision, DecisionAct, Publication, PublicationMetric, ReasonCode
from campaigns.models.reminder import Reminder
from campaigns.models.report_mailing import ReportMailing, ReportReader, ReportSchedule
from campaigns.models.requirement import Period, Recurrence, Requirement, RequirementKind
from campaigns.models.round import Answer, RoundChannel
from campaigns.models.short_link import ShortLink
from campaigns.models.topic import Topic
from campaigns.models.upload import Upload
from campaigns.models.version import ContentKind, ContentVersion

__all__ = [
    "Answer",
    "AnswerState",
    "Appeal",
    "CalendarFeed",
    "Campaign",
    "CampaignStatus",
    "ClosedDuty",
    "Connector",
    "ContentFile",
    "ContentItem",
    "ContentKind",
    "ContentStatus",
    "ContentVersion",
    "Decision",
    "DecisionAct",
    "Dispatch",
    "ExtensionRequest",
    "InternalNote",
    "JobNote",
    "JobState",
    "MonthClosing",
    "Obligation",
    "Outcome",
    "OutreachReport",
    "Period",
    "Provider",
    "PicturePiece",
    "Publication",
    "PublicationJob",
    "PublicationMetric",
    "ReasonCode",
    "Recurrence",
    "Reminder",
    "ReportMailing",
    "ReportReader",
    "ReportSchedule",
    "Requirement",
    "RequirementKind",
    "RoundChannel",
    "ShortLink",
    "Topic",
    "Upload",
]
