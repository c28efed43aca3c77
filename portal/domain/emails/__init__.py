"""E-mail we owe: rows written in the transaction they speak of, and delivered later."""
