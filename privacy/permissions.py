"""A permission policy for records that mostly the code writes: proof, people, messages."""

from collections.abc import Iterable
from typing import Any

from wagtail.permission_policies import ModelPermissionPolicy


class LimitedPolicy(ModelPermissionPolicy):
    """Allows what Django's permissions allow, but never more than the actions named here.

    Args:
        model: the model.
        actions: the actions that exist for it at all; reading alone unless more are given.
    """

    def __init__(self, model: Any, actions: Iterable[str] = ("view",)) -> None:
        super().__init__(model)
        self.actions = frozenset(actions)

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Say whether `user` may do `action` ("add", "change", "delete" or "view")."""
        return action in self.actions and super().user_has_permission(user, action)

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        """Say whether `user` may do one of `actions`."""
        return any(self.user_has_permission(user, action) for action in actions)
