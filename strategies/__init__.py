"""What is sent: odd texts, odd identifiers, counts and paging parameters, as data."""
