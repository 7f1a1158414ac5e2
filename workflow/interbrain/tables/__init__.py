"""Every table of the derivatives, declared once: whoever writes, checks, reads or prints one asks here."""
