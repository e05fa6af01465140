"""The person's own pages: who has looked at their data, what they agreed to, their data as held, and their questions (PAGES.md 5)."""
