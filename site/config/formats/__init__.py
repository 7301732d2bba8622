"""How dates look where a template names no form of its own."""
