"""What happens to the people of a sample, month by month, as tables over the whole sample."""
