"""One module for each kind of thing."""
