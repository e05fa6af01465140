"""Where data rests: transactions by login role, the bundled server, keys, migrations."""
