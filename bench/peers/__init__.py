"""The peers: other people's tools on the same work, with the settings that their own documentation gives for bulk."""
