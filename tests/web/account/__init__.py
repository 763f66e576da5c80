"""Signing in, the second step, and what people see of their own account."""
