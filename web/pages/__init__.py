"""What every page stands on: visits, forms, languages, texts, the layout, and how an error looks (PAGES.md 1)."""
