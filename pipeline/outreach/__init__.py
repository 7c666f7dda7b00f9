"""Who must verify what and when, and the forms that agencies send back."""
