"""The log compared with what it tells of, all the time: what does not add up is opened as a case for the auditors (ACCESS-LOG 10)."""
