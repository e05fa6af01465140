"""Statements on schema publish, and on staging as far as publishing reads it; one question is one function."""
