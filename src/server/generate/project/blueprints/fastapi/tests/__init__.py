"""Tests of the application, from outside: over HTTP, on a database that its migrations have made."""
