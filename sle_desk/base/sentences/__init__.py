"""What the application says of each error code, by area."""
