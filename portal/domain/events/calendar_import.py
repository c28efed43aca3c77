"""Calendars from other programs as drafts: every entry, and each date of those that repeat."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import IntegrityError

from portal import clock, dates
from portal.domain.events import rules
from portal.domain.events.actions import Details, Link, create
from portal.domain.events.calendar_entries import (
    CalendarTooLargeError,
    CalendarUnreadableError,
    Entry,
    Moment,
    Zones,
    duration_of,
    entries_of,
    zone_named,
)
from portal.domain.events.calendar_text import as_markdown, cut, one_line, plain
from portal.domain.events.models import AttendanceMode, Visibility
from portal.domain.events.recurrences import UnreadableRuleError, rule_of
from portal.i18n import gettext, speaking
from portal.refusals import Refusal
from portal.time_zones import RepeatedTimeError, SkippedTimeError, instant_of, wall_of
from portal.translated import Translated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from portal.domain.events.models import Event
    from portal.domain.organizations.models import Organization

__all__ = ["CalendarTooLargeError", "CalendarUnreadableError", "import_drafts", "read_calendar"]

# Dates of one repeating entry, and drafts in all beyond which entries stop repeating.
MOST_DATES = 400
MOST_DRAFTS = 2_000
