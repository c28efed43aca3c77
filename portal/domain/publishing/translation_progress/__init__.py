"""How far every item is translated, who asked for more, and who may translate by a link."""
