"""Importing this declares every rule; a new file of rules gets a line here."""
import rules_calls  # noqa: F401
import rules_contract  # noqa: F401
import rules_layers  # noqa: F401
import rules_papers  # noqa: F401
import rules_shape  # noqa: F401
