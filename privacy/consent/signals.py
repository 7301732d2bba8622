"""What this room tells rooms above it, which it does not know."""

from django.dispatch import Signal

#: A consent was taken back. Sent in the transaction of the withdrawal, with `subject` (the locked person) and `purpose` (key):
#: what rests on it stops together with it (art. 7(3)), or the withdrawal itself fails.
consent_withdrawn = Signal()
