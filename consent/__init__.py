"""What a person allows and the law permits: the facts, the rule, and the registry that changes them."""
