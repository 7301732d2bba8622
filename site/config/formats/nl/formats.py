"""Dutch as Django has it, but for a date on a screen, which stays on one line.

Texts for a mail, a letter or a program name the form themselves ("j F Y"): there a space is a space.
"""

DATE_FORMAT = "j\N{NO-BREAK SPACE}F\N{NO-BREAK SPACE}Y"
DATETIME_FORMAT = f"{DATE_FORMAT} H:i"
