"""What is handed to an office: the wheel, without the checkout."""
