"""Thousands of first names, tens of thousands of surnames and companies; common ones come first."""

from collections.abc import Iterable
from itertools import product

_FIRST = """
Olivia Amelia Oliver George Noah Isla Ava Leo Harry Grace John David Susan Margaret Paul Mark Karen Helen Hannah Tom
Priya Mohammed Fatima Aisha Ravi Anjali Chloë Zoë Siân Niamh Aoife Seán Ciarán Łukasz Agnieszka Małgorzata Jürgen Søren
Björn José María Inês François Hélène Beyoncé Ngozi Chinedu Kwame Adaeze Yusuf Elif Çağla Ömer Dmitri Oksana Zdeněk Jiří
Mei Li Wei Yuki Haruto Thabo Rhys Gethin Hamish Fiona Callum Imogen Tabitha Rosalind
"""
_LAST = """
Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel Robinson Wright Thompson Evans Walker White Roberts Green
Hall Wood Khan Lewis Harris Clarke Jackson Ali Okafor Wiśniewski Nowak Kowalczyk O’Brien O’Neill Ní-Bhriain McDonald
Müller Schäfer García Fernández Muñoz Gonçalves Lefèvre Ångström Sørensen Çelik Şimşek Dvořák Novák Nguyễn Chowdhury
Begum Hussain Singh Kaur Sharma Adeyemi Eze Mensah Ackroyd Sutcliffe Bains Haworth Smith-Jones
"""
_STARTS = """
Al Ash Bar Bell Ber Black Bran Brad Bur Cal Car Chal Cor Crow Dal Den Dun East Ed El Fair Far Finch For Gar Glen Gran
Green Hal Har Hart Hay Hep Hol Horn Hud Ing Ken Kirk Lam Lang Led Lin Long Mar May Mel Mid Mor Nor Oak Pen Per Rad Ram
Red Ros Rush Sal Sand Scar Shel Stan Stock Sut Thorn Tor Up Wal War Wes Whit Win Wood
"""
_MIDDLES = "a be ber chi de den e el er i in ing ker la le ling ma mer ne o of ri ro se sha ter the ti u wi"
_ENDS = """
bank beck berg bourne bridge brook bury by combe cott croft dale den don field ford gate ham hill house hurst land ley
low man mere more ness ridge shaw son stead stone thorpe ton ville ward water way well wick wood worth
"""
_FIRST_ENDS = "a an ia in ina is lin lyn na nie on ra rick rin son ta tin us vin win ya ye yn"
_TRADES = """
Nursery|Primary School|Logistics|Engineering Ltd|Care Homes|Scaffolding|Brewery|Dental Practice|Garden Centre|Catering
Outdoor Centre|Construction Ltd|Football Club|Veterinary Group|Community Trust|Haulage|Joinery|Solicitors|Farms|Hotel
"""
_PUBLIC_DOMAINS = "gmail.com outlook.com hotmail.co.uk yahoo.co.uk icloud.com btinternet.com sky.com live.co.uk"

FIRST_NAMES, SURNAMES, COMPANIES = 3_000, 40_000, 60_000


def first_names() -> list[str]:
    """Distinct, the most common ones first."""
    made = (f"{start}{middle}{end}" for end, middle, start in product(_FIRST_ENDS.split(), "aeiou", _STARTS.split()))
    return _distinct(_FIRST.split(), made, FIRST_NAMES)


def surnames() -> list[str]:
    """Distinct, the most common ones first."""
    made = (f"{start}{middle}{end}" for middle, end, start in product(_MIDDLES.split(), _ENDS.split(), _STARTS.split()))
    return _distinct(_LAST.split(), made, SURNAMES)


def companies() -> list[str]:
    """Distinct; called after people and what they do."""
    trades = [trade for line in _TRADES.split("\n") for trade in line.split("|") if trade]
    made = (f"{name} {trade}" for trade, name in product(trades, surnames()[: COMPANIES // len(trades) + 1]))
    return _distinct(["Rylstone Nursery"], made, COMPANIES)


def public_domains() -> list[str]:
    return _PUBLIC_DOMAINS.split()


def _distinct(known: Iterable[str], made: Iterable[str], number: int) -> list[str]:
    return list(dict.fromkeys([*known, *made]))[:number]
