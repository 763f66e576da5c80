"""What the API costs, beside a view that only reads one prepared text."""
