"""Other clients than ours read the published marts by one name and one spelling."""
