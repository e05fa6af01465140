"""The sources as stand-ins on the wire, with synthetic people and faults on demand; written from the documents, not from our connectors."""
