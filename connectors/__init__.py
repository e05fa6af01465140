"""What the sources say: pulled over X-Road, landed, parsed, validated, linked to people and merged into staging."""
