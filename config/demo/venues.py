"""Five places in Yorkshire. The towns are real; the buildings, streets and postcodes are made up."""

from bookings.models import Venue

TOWNS = (
    SHEFFIELD := "Sheffield",
    LEEDS := "Leeds",
    YORK := "York",
    HUDDERSFIELD := "Huddersfield",
    SKIPTON := "Skipton",
)


def venues() -> list[Venue]:
    """New rows, not stored yet, one a town; what is known about access differs."""
    return [
        Venue(
            name="Kelham Works",
            address="12 Green Lane Yard",
            town=SHEFFIELD,
            postcode="S3 9ZZ",
            directions="Ten minutes on foot from Shalesmoor tram stop. The training room is on the ground floor.",
            step_free=True,
            hearing_loop=True,
            parking=True,
        ),
        Venue(
            name="Holbeck Mill",
            address="Unit 4, Tannery Row",
            town=LEEDS,
            postcode="LS11 9ZZ",
            directions="Fifteen minutes on foot from Leeds station, south exit. Press 4 at the gate.",
            step_free=True,
            hearing_loop=False,
            parking=False,
        ),
        Venue(
            name="St Hilda's Rooms",
            address="27 Bootham Garth",
            town=YORK,
            postcode="YO30 9ZZ",
            directions="Use the park and ride: there is no parking in the street. The room is up one flight of stairs.",
            step_free=False,
            hearing_loop=True,
            parking=False,
        ),
        Venue(
            name="Colne Valley Hall",
            address="88 Weavers Road",
            town=HUDDERSFIELD,
            postcode="HD7 9ZZ",
            directions="Bus 181 stops outside. The car park is behind the hall, with two marked spaces at the door.",
            step_free=True,
            hearing_loop=False,
            parking=True,
        ),
        Venue(
            name="Embsay Moor Barn",
            address="Crookrise Lane",
            town=SKIPTON,
            postcode="BD23 9ZZ",
            directions="Two miles north of Skipton. The last half mile is a rough track; go slowly.",
            step_free=False,
            hearing_loop=False,
            parking=True,
        ),
    ]
