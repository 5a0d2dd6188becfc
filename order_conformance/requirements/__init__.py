"""What is required, how strongly, and how much of it a run judges. Imports target and core."""
