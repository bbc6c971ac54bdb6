"""Film reviews to start from, written for this project; each shows one thing that is hard to read."""

FIRST = "I expected a boring film, but it turned out to be a wonderful surprise."

REVIEWS = {
    "Negation": "This is not a bad film at all, and certainly not a waste of time.",
    "Contrast": "The first half is dull and badly acted, but the ending is absolutely wonderful.",
    "A turn for the worse": "It started as a charming, funny story and ended as a tedious mess.",
    "Sarcasm": "Oh brilliant, two hours of people staring at walls. I laughed so hard that I fell asleep.",
    "A long review": (
        "My sister dragged me to this one and I went in without hope. The trailer had shown the only three jokes, "
        "I was told, and the director's last picture was a disaster. For twenty minutes it looked as if she owed me "
        "an apology: the dialogue is wooden, the music never stops, and nobody seems to know what the story is about. "
        "Then the grandmother walks in. From there on I did not look at my watch once. The scenes in the kitchen are "
        "warm and funny, the young actor who plays the son is a discovery, and the last shot is one of the most "
        "beautiful I have seen. Not perfect, but I will see it again."
    ),
}
