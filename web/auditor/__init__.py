"""The auditor's pages: who looked at whom and why, the log's integrity, cases, and sealed exports (PAGES.md 4)."""
