"""Signing in by OpenID Connect: authorization code with PKCE, one role a session (PAGES.md 2, RFC 9700)."""
