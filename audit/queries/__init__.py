"""What is asked of the log's tables: by writers, by the sequencer, by verification."""
