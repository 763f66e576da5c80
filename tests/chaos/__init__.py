"""Bad luck on purpose: real workers and a real PostgreSQL are killed while AWS fails, and nothing leaks."""
