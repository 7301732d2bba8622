"""Dutch, as it is written here."""
