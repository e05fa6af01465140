"""The access log measured: sealing, verifying, and a person's list, each beside what it is to hold."""
