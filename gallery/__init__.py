"""A web gallery that knows when two pictures are the same picture."""
