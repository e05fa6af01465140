"""Every question that the pages ask of schema web, and every row they write there."""
