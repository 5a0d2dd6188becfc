"""What is judged: one module for each area of requirements."""
