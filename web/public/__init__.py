"""The pages that are for everybody: the texts people consent to, the laws data rest on, and what a recipient may receive."""
