"""What makers of Unfold need around it: the environment, a server, a browser, pictures."""
