"""The demonstration collection: pictures drawn by code, and altered copies of some of them."""
