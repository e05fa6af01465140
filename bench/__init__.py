"""What we measure, beside its limit and its peers: one file a measurement, each in one run on one machine."""
