"""The seven courses. Hours and certificates are DOMAIN section 1's; prices are for one place, VAT included."""

from decimal import Decimal

from bookings.models import Course

SLUGS = (
    EFAW := "emergency-first-aid-at-work",
    FAW := "first-aid-at-work",
    REQUALIFICATION := "first-aid-at-work-requalification",
    PAEDIATRIC := "paediatric-first-aid",
    EMERGENCY_PAEDIATRIC := "emergency-paediatric-first-aid",
    CPR := "cpr-and-defibrillator",
    OUTDOOR := "outdoor-first-aid",
)

_BRING = "Bring photo ID and something to write with. Wear clothes you can kneel in. Tea and coffee are on us."
_KNEELING = "You kneel to practise CPR if you can. If you can’t, we use a raised manikin, so tell us when you book."
_NO_EXAM = (
    "There is no written exam. We can read questions aloud, and all handouts come in large print or as a file for your "
    "screen reader."
)
_BRING_LUNCH = f"{_BRING} Bring lunch, or buy it nearby."


def _lines(*points: str) -> str:
    return "\n".join(points)


def courses() -> list[Course]:
    """New rows, not stored yet, in the order in which the catalogue shows them."""
    made = [
        Course(
            slug=EFAW,
            name="Emergency First Aid at Work",
            summary="One day for small, low-risk workplaces that need an appointed first aider.",
            description=(
                f"Most of the day is spent on the floor, not on slides. {_KNEELING}\n\n{_NO_EXAM}\n\nThe course "
                "follows the syllabus for Emergency First Aid at Work under the Health and Safety (First-Aid) "
                "Regulations 1981."
            ),
            bring=_BRING_LUNCH,
            practised=_lines(
                "Checking a casualty and calling for help",
                "CPR and using a defibrillator",
                "Choking, seizures and shock",
                "Bleeding, burns and minor injuries",
                "Recording an accident",
            ),
            family=Course.Family.EMERGENCY,
            need=Course.Need.WORK,
            days=1,
            contact_hours=Decimal("6.0"),
            certificate_months=36,
            price=Decimal("90.00"),
        ),
        Course(
            slug=FAW,
            name="First Aid at Work",
            summary="Three days for larger or higher-risk workplaces, for people who will lead first aid there.",
            description=(
                "Everything in Emergency First Aid at Work, and then injuries to bones, head and spine, heart attack "
                "and stroke, asthma, diabetes, poisoning, eye injuries and severe allergy, with an assessment on the "
                f"third day.\n\n{_KNEELING}\n\nEighteen hours of teaching over three days."
            ),
            bring=_BRING_LUNCH,
            practised=_lines(
                "Everything in Emergency First Aid at Work",
                "Injuries to bones, head and spine",
                "Heart attack, stroke, asthma and diabetes",
                "Poisoning, eye injuries and severe allergy",
                "Taking charge until help arrives",
            ),
            family=Course.Family.THREE_DAY,
            need=Course.Need.WORK,
            days=3,
            contact_hours=Decimal("18.0"),
            certificate_months=36,
            price=Decimal("225.00"),
        ),
        Course(
            slug=REQUALIFICATION,
            name="First Aid at Work Requalification",
            summary="Two days to renew a First Aid at Work certificate before it ends, or up to a month after.",
            description=(
                "A refresher for people who hold the three-day certificate. You practise everything again, learn what "
                f"has changed in first-aid practice, and are assessed.\n\n{_KNEELING}\n\nBring your old certificate, "
                "or a picture of it."
            ),
            bring=f"{_BRING_LUNCH} Bring your First Aid at Work certificate, or a picture of it.",
            practised=_lines(
                "CPR and using a defibrillator, again and under time",
                "What has changed since your last course",
                "Injuries and illnesses from the three-day course",
                "Looking after more than one casualty",
            ),
            family=Course.Family.REQUALIFICATION,
            need=Course.Need.WORK,
            days=2,
            contact_hours=Decimal("12.0"),
            certificate_months=36,
            price=Decimal("165.00"),
        ),
        Course(
            slug=PAEDIATRIC,
            name="Paediatric First Aid",
            summary="Two days for nurseries, childminders and schools: first aid for babies and children.",
            description=(
                "Twelve hours on babies and children: CPR, choking, fever and febrile seizures, meningitis, allergy, "
                "asthma, burns, broken bones and head injuries. It meets what the Early Years Foundation Stage asks "
                f"of the full paediatric course.\n\n{_NO_EXAM}"
            ),
            bring=_BRING_LUNCH,
            practised=_lines(
                "CPR on babies, children and adults",
                "Choking at every age",
                "Fevers, seizures and rashes",
                "Allergies and using an auto-injector",
                "Bumps, burns and broken bones",
            ),
            family=Course.Family.PAEDIATRIC,
            need=Course.Need.CHILDREN,
            days=2,
            contact_hours=Decimal("12.0"),
            certificate_months=36,
            price=Decimal("145.00"),
        ),
        Course(
            slug=EMERGENCY_PAEDIATRIC,
            name="Emergency Paediatric First Aid",
            summary="One day for people who work with children alongside a full paediatric first aider.",
            description=(
                "Six hours on the emergencies that cannot wait: a baby or child who is not breathing, chokes, bleeds, "
                f"has a seizure or a severe allergic reaction.\n\n{_NO_EXAM}"
            ),
            bring=_BRING_LUNCH,
            practised=_lines(
                "CPR on babies and children",
                "Choking at every age",
                "Fevers, seizures and allergic reactions",
                "Bumps, burns and bleeding",
            ),
            family=Course.Family.PAEDIATRIC,
            need=Course.Need.CHILDREN,
            days=1,
            contact_hours=Decimal("6.0"),
            certificate_months=36,
            price=Decimal("85.00"),
        ),
        Course(
            slug=CPR,
            name="CPR and Defibrillator",
            summary="Restart a heart: one relaxed day of CPR and defibrillator practice for anyone.",
            description=(
                "No experience needed. You practise CPR on adult, child and baby manikins until it feels easy, and "
                f"use a training defibrillator. There is time for your questions.\n\n{_KNEELING}\n\nPractise again "
                "every year: your certificate is valid for twelve months."
            ),
            bring=_BRING,
            practised=_lines(
                "Finding out whether somebody needs CPR",
                "Compressions and breaths that work",
                "Switching on and using a defibrillator",
                "Taking turns with a second rescuer",
            ),
            family=Course.Family.DEFIBRILLATOR,
            need=Course.Need.EVERYONE,
            days=1,
            contact_hours=Decimal("6.0"),
            certificate_months=12,
            price=Decimal("55.00"),
        ),
        Course(
            slug=OUTDOOR,
            name="Outdoor First Aid",
            summary="Two days for walkers, leaders and instructors who may wait hours for help.",
            description=(
                "Taught mostly outside, in any weather: falls, cold and heat, broken bones, moving somebody safely, "
                "and looking after them until mountain rescue arrives. Suits awards that ask for sixteen hours with "
                "the evening task.\n\nThe ground is rough and some of it steep. Tell us when you book what you need, "
                "and we choose where to practise."
            ),
            bring="Bring boots, waterproofs, warm layers, a rucksack, a packed lunch and something hot to drink.",
            practised=_lines(
                "Keeping a casualty warm and sheltered",
                "Moving somebody who can’t walk",
                "Fractures, sprains and head injuries on the hill",
                "Calling mountain rescue and waiting for it",
                "Cold, heat and water",
            ),
            family=Course.Family.OUTDOOR,
            need=Course.Need.EVERYONE,
            days=2,
            contact_hours=Decimal("12.0"),
            certificate_months=36,
            price=Decimal("180.00"),
        ),
    ]
    for position, course in enumerate(made):
        course.position = position
    return made
