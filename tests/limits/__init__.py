"""How much may be sent: rates, and sizes."""
