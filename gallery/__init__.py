"""A web gallery that recognises copies of the same picture."""
