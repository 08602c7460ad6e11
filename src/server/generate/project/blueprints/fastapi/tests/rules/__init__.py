"""Rules between fields, each asked by itself."""
