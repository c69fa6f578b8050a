"""What is known of single sites: tables first, functions only where a table cannot say it."""
