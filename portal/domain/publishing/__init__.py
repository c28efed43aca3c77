"""What every published item shares: revisions, images, search index, translation progress."""
