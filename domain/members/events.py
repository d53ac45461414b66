"""Facts about members."""
