"""What the data is: closed vocabularies, identifiers, records, the view and the rules that a batch must hold."""
