"""How the shipped people network is trained: a developer's tool, never imported by the booth."""
