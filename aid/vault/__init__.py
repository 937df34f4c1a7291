"""The vault: keys that people hold, and what is sealed under them. The server itself has no key."""
