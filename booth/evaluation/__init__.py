"""How good the mattes are: measures against a known truth, one table, one JSON, contact sheets."""
