"""E-mail we owe: rows written in the transaction they speak of, delivered later, retried until read."""
