"""The data steward's pages: tasks, people, consents and denials, and what the sources sent (PAGES.md 3)."""
