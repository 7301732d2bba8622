"""What counts as contact: the one list of it (docs/retention.md repeats it for the officer, and a test compares the two)."""

from enum import Enum


class Contact(Enum):
    """What moves the clock of a person, in the officer's words.

    What is not here leaves the clock alone: all that we do ourselves, and whatever opens, confirms or takes back something.
    """

    MESSAGE = "een bericht via het formulier, ook een dat eerst voor spam gehouden werd"
    REQUEST = "een verzoek over de eigen gegevens: bevestigd met de link, gedaan op de eigen pagina, of door ons vastgelegd"
    MOMENT = "een gesprek, bezoek, mail of brief die als contactmoment is vastgelegd"
