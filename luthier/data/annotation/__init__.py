"""Labels from people: questions, who is asked what, their answers, and what they agree on."""
