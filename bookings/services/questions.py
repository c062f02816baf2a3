"""What customers are asked, in the words that are stored with their answers. Nothing in it changes anything."""

# What people agree to when they write about their needs (UK GDPR art. 9: explicit, apart, with its version). A new
# wording is a new version: it is stored beside every consent that was given to it.
CONSENT_VERSION = "2026-11"
CONSENT_WORDING = "I agree that you keep what I wrote here, so that you can prepare the course for me"

# "How did you hear of us?" The answer is stored as it stands here.
REFERRALS = (
    "A search engine",
    "A colleague or friend",
    "I’ve been on a course before",
    "My employer",
    "Social media",
    "Somewhere else",
)
