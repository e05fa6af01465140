"""Verification: every entry hashed again, every root compared with what was signed, and what does not fit named (ACCESS-LOG 7)."""

from audit.verify.database import Trust, trusting, verify_database
from audit.verify.findings import Code, Finding, Summary, exit_code
from audit.verify.walk import LogCopy, Verdict, verify_log

__all__ = [
    "Code",
    "Finding",
    "LogCopy",
    "Summary",
    "Trust",
    "Verdict",
    "exit_code",
    "trusting",
    "verify_database",
    "verify_log",
]
