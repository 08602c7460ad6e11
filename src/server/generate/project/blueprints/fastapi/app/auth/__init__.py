"""Signing in: accounts with e-mail and password, bearer tokens that expire."""
