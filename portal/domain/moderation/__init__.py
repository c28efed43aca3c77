"""Reports, what moderators decide about them, appeals, and the public log of it all."""
