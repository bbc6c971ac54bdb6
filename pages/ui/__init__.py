"""What pages are made of: their opening, their controls, and the pictures that move."""
