"""What templates show, made from rows and figures: no HTML, no request."""
