"""What people do: one function an action. A service decides and writes, and never commits."""
