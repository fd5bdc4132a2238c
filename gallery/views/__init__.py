"""Views of the pages, one module for each noun."""
