"""Events: what happens, when, where and in which languages."""
