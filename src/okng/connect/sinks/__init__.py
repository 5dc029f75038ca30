"""Where verdicts go. One file is one sink; none of them imports another."""
