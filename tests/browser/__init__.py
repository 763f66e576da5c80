"""Tests that drive a real Chromium against the real web server, worker and sandbox."""
