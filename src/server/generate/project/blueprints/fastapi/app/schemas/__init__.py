"""What requests and answers look like. Each property says all of its rules; /openapi.json says them too."""
