"""The race: what runs of trainings look like beside each other, what is said of them, and how they are asked for."""
