"""Near-duplicate search for any Django model: declare a field, ask `similar_to()`."""
