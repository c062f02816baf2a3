"""Customers, instructors and the organisation. All are made up.

Addresses end in names reserved for examples (RFC 2606, RFC 6761) and telephone numbers are from the ranges that Ofcom
keeps for drama, so that nothing here can reach anybody.
"""

from dataclasses import dataclass
from itertools import cycle

from django.contrib.auth.hashers import make_password

from config.demo.days import dice
from customers.email_keys import email_key
from customers.models import Organisation, User

ORGANISATION = "Calder Valley Joinery Ltd"
ORGANISATION_DOMAIN = "caldervalleyjoinery.example"
MEMBERS = 6
"""The first so many customers work there; the first of them books for the others."""

_CUSTOMERS = (
    "Hannah Okafor, Tom Whitaker, Priya Sharma, Daniel Brook, Aisha Mahmood, Callum Fraser, Grace Thornton, "
    "Yusuf Demir, Megan Ackroyd, Piotr Nowak, Ellie Hargreaves, Samuel Adeyemi, Niamh Gallagher, Oliver Sykes, "
    "Fatima Hussain, Jack Broadbent, Mei Lin Chan, Rhys Pritchard, Zainab Ali, Lucy Armitage, Kwame Mensah, "
    "Isla Crowther, George Papadakis, Sophie Barraclough, Arjun Patel, Beth Holroyd, Mateusz Kowal, Chloe Ramsden, "
    "Ibrahim Khan, Amy Greenwood, Luca Moretti, Ruth Sutcliffe, Dylan Morgan, Nadia Rahman, Harry Lumb, "
    "Ewa Zielinska, Joe Haigh, Amara Nwosu, Katie Priestley, Ben Shackleton"
)
_COMPANIES = ("", "", "Little Acorns Nursery", "", "Don Valley Climbing", "", "", "Ridings Dental Practice", "", "")
_DOMAINS = ("example.org", "example.com", "example.net")
# fmt: off
_FIRST_NAMES = (
    "Adam", "Alice", "Amir", "Anna", "Carl", "Claire", "Dave", "Deepa", "Emma", "Farah", "Fred", "Gemma", "Hugo",
    "Imran", "Jade", "Karl", "Kim", "Leo", "Lily", "Marek", "Nina", "Omar", "Paula", "Ravi", "Rosa", "Sean", "Tara",
    "Uma", "Vic", "Will",
)
_LAST_NAMES = (
    "Ashworth", "Bailey", "Begum", "Carter", "Dyson", "Evans", "Firth", "Garside", "Hirst", "Iqbal", "Jagger", "Kaye",
    "Lockwood", "Mallinson", "Novak", "Ogden", "Pickles", "Quarmby", "Rushworth", "Singh", "Tordoff", "Umar",
    "Varley", "Woodhead", "Yates",
)
# fmt: on


@dataclass(frozen=True)
class DemoPerson:
    """Somebody who books, or comes along."""

    first_name: str
    last_name: str
    email: str = ""
    phone: str = ""
    company: str = ""


def customers() -> list[DemoPerson]:
    """The forty people who book, the organisation's own first."""
    companies, domains = cycle(_COMPANIES), cycle(_DOMAINS)
    made = []
    for number, name in enumerate(_CUSTOMERS.split(", ")):
        first, _, last = name.rpartition(" ")
        is_member = number < MEMBERS
        company, domain = next(companies), next(domains)
        made.append(
            DemoPerson(
                first_name=first,
                last_name=last,
                email=_address(first, last, ORGANISATION_DOMAIN if is_member else domain),
                phone=f"07700 900{101 + number * 7}",
                company=ORGANISATION if is_member else company,
            )
        )
    return made


def companions(topic: str, how_many: int) -> list[DemoPerson]:
    """Who comes along with somebody: colleagues and friends, most of them with an address of their own."""
    throw = dice(f"companions of {topic}")
    made = []
    for _ in range(how_many):
        first, last = throw.choice(_FIRST_NAMES), throw.choice(_LAST_NAMES)
        has_address = throw.random() < 0.7
        made.append(DemoPerson(first, last, _address(first, last, throw.choice(_DOMAINS)) if has_address else ""))
    return made


def instructors() -> list[User]:
    """New rows, not stored yet."""
    names = (("Jo", "Bramley"), ("Marcus", "Lund"), ("Saira", "Kazmi"))
    return [
        new_user(DemoPerson(first, last, _address(first, last, "reactfast.example"), f"0114 496 04{number:02d}"))
        for number, (first, last) in enumerate(names, start=1)
    ]


def organisation() -> Organisation:
    """New row, not stored yet."""
    return Organisation(
        name=ORGANISATION,
        billing_email=f"accounts@{ORGANISATION_DOMAIN}",
        billing_address=f"{ORGANISATION}\nUnit 9, Burnley Road Works\nHebden Bridge HX7 9ZZ",
        po_required=True,
        may_pay_later=True,
        payment_terms_days=30,
    )


def new_user(person: DemoPerson) -> User:
    """A row for storing in bulk, which sets no key by itself; nobody can log in as them."""
    return User(
        email=person.email,
        email_key=email_key(person.email),
        first_name=person.first_name,
        last_name=person.last_name,
        phone=person.phone,
        company=person.company,
        password=make_password(None),
    )


def _address(first: str, last: str, domain: str) -> str:
    return f"{first.replace(' ', '')}.{last}@{domain}".lower()
