"""What pages are made of: their opening, their controls, and the pictures that move.

A component's data travel as a list of one: Streamlit looks through a dictionary for data frames, and
for that it would load pandas, which costs the server 70 MB.
"""
