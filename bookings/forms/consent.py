"""What people agree to when they write about their needs (UK GDPR art. 9: explicit, apart, with its version)."""

# A new wording is a new version: it is stored beside every consent that was given to it.
CONSENT_VERSION = "2026-11"
CONSENT_WORDING = "I agree that you keep what I wrote here, so that you can prepare the course for me"
