"""The privacy module: one room per question, each a Django app of its own (see `docs/architecture.md`)."""
