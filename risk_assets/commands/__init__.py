"""Commands of `risk-assets` that ask or decide about what is published, and what all commands share."""
