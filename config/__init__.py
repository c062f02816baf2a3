"""The site: settings, addresses, background work and the kernel every app stands on."""
