"""From a Composite to paper: ledger, tickets, printers, dispatcher, retention."""
