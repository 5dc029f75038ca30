"""Where photos come from. One file is one source; none of them imports another."""
