"""links: what the links in letters lead to. sign_in: signing in and out. bookings: what is booked."""
