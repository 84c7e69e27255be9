"""What the product does, decided without clock, thread or I/O: controller, status, lamps."""
