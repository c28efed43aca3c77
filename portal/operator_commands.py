"""Commands about who may do what, the log, settings of the running portal, and its counts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from portal import clock
from portal.app import declared_links
from portal.commands import CommandError, open_database
from portal.domain.moderation import appointments, chained_log, changed_settings
from portal.domain.moderation.appointments import Office
from portal.domain.moderation.models import Reason
from portal.domain.people import queries as people
from portal.domain.second_factors import actions as second_factors
from portal.domain.translation import actions as translation

if TYPE_CHECKING:
    import argparse

    from sqlalchemy.orm import Session

    from portal.domain.moderation.announcements import Address
    from portal.domain.people.models import Person
    from portal.settings import Settings


def _somebody(db: Session, settings: Settings, arguments: argparse.Namespace) -> Person:
    """The one person an operator means."""
    if arguments.subject:
        found = people.person_known_as(
            db, arguments.issuer or settings.oidc_issuer, arguments.subject
        )
        matching = [found] if found else []
    else:
        matching = people.people_with_address(db, arguments.email)
    if not matching:
        raise CommandError("nobody like that has signed in yet: let them sign in once first")
    if len(matching) > 1:
        raise CommandError("several people have this address: use --subject")
    return matching[0]


def _appoint(settings: Settings, arguments: argparse.Namespace, office: Office) -> None:
    with open_database(settings).writing() as db:
        person = _somebody(db, settings, arguments)
        if not appointments.holds(person, office):
            appointments.appoint(db, person, office, clock.now())
    print("done")


def make_administrator(settings: Settings, arguments: argparse.Namespace) -> None:
    """Makes somebody who has signed in once an administrator of the portal."""
    _appoint(settings, arguments, Office.ADMINISTRATOR)


def make_moderator(settings: Settings, arguments: argparse.Namespace) -> None:
    """Makes somebody who has signed in once a moderator of the portal."""
    _appoint(settings, arguments, Office.MODERATOR)


def reset_second_factor(settings: Settings, arguments: argparse.Namespace) -> None:
    """Takes app, passkeys and recovery codes off somebody who has lost them, and tells them."""
    with open_database(settings).writing() as db:
        second_factors.reset(db, _somebody(db, settings, arguments), clock.now())
    print("done")


def ban(settings: Settings, arguments: argparse.Namespace) -> None:
    """Ends somebody's sessions and lets them sign in no more."""
    with open_database(settings).writing() as db:
        person = _somebody(db, settings, arguments)
        reason, address = Reason(arguments.reason), _address(settings)
        appointments.ban(db, None, person, reason, clock.now(), address)
    print("done")


def lift_ban(settings: Settings, arguments: argparse.Namespace) -> None:
    """Lets somebody sign in again."""
    with open_database(settings).writing() as db:
        person = _somebody(db, settings, arguments)
        appointments.lift_ban(db, person, clock.now(), _address(settings))
    print("done")


def _address(settings: Settings) -> Address:
    links = declared_links(settings)

    def address(language: str, key: str) -> str:
        return links.absolute("decisions.show", language, key=key)

    return address


def verify_log(settings: Settings, _arguments: argparse.Namespace) -> None:
    """Walks the public log of moderation; fails at the first line that breaks the chain."""
    with open_database(settings).reading() as db:
        fault = chained_log.first_fault(db)
        last = chained_log.latest(db, None, 1)
    if fault is not None:
        raise CommandError(f"line {fault.number} of the log: {fault.what}")
    print(f"the log is whole: {last[0].number} lines, {last[0].hash}" if last else "empty, whole")


def list_settings(settings: Settings, _arguments: argparse.Namespace) -> None:
    """Prints the settings that can be changed while the portal runs, as JSON."""
    with open_database(settings).reading() as db:
        changed = changed_settings.all_changed(db)
    values = {name: changed.get(name) for name in changed_settings.CHANGEABLE}
    print(json.dumps(values, ensure_ascii=False, indent=2))


def set_setting(settings: Settings, arguments: argparse.Namespace) -> None:
    """Changes a setting while the portal runs; it counts within a minute."""
    with open_database(settings).writing() as db:
        changed_settings.change(db, arguments.name, arguments.value, clock.now())
    print("done")


def recount_translations(settings: Settings, _arguments: argparse.Namespace) -> None:
    """Counts anew, from the words themselves, how far everything is translated."""
    with open_database(settings).writing() as db:
        number = translation.recount(db)
    print(f"{number} counted")
