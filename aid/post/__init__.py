"""What we send: messages by e-mail, and nothing by itself."""
