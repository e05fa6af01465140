"""What connectors ask of the database and write into it: the books of the pulls, the people, the records, the quarantine."""
