"""June 2021 of a district whose files say what its written report said: every figure must come out of them."""
