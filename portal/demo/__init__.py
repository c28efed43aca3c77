"""What a demonstration needs beside the portal: an identity provider, a mailbox, a programme."""
