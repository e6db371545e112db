"""Finding a customer by whatever somebody types."""
