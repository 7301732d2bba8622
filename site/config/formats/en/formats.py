"""British, since it is written in Europe: the form of the English pages and letters, and weeks that begin on Monday."""

DATE_FORMAT = "j F Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j F Y H:i"
FIRST_DAY_OF_WEEK = 1
