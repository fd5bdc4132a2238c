"""Types of users, for signatures."""

from typing import TypeAlias

from django.contrib.auth.models import AnonymousUser, User

# Somebody with an account.
Member: TypeAlias = User
# Anybody who opens a page.
Visitor: TypeAlias = User | AnonymousUser
