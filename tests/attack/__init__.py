"""A reader of the open marts who tries to find out more than they show. Shares no code with the product."""
