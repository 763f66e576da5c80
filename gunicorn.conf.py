"""What gunicorn reads by itself when it is started in the checkout: how large the head of a request may be.

Postern's own limits (BODY_MOST) begin where a request has been read so far.
"""

limit_request_line = 8190  # bytes; the longest address of ours names 100 endpoints, in 4,000
limit_request_fields = 100
limit_request_field_size = 8190
