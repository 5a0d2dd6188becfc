"""Which requirements do not apply to a target, given what its owner declares."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from order_conformance.requirements.catalogue import Requirement
    from order_conformance.target.model import Target


def inapplicable_because(requirement: Requirement, target: Target) -> str:
    """Return the reason why a requirement does not apply to a target; empty if it applies."""
    if "write" in requirement.needs and target.read_only:
        return "the run is read-only"
    if "api-key" in requirement.needs and target.api_key is None:
        return f"the target has no API key (environment variable {target.key_variable} is not set)"
    if "shipping-options" in requirement.needs and not target.shipping_options:
        return "the target file lists no shipping_options"
    return ""
