"""How bytes, mails and markup become readable text."""
