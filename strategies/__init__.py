"""What is sent: lawful orders, orders that break one rule, and odd texts, ids and parameters."""
