"""What may be shown, to whom: the view assembled, gated and published; the one place where personal data leaves."""
