"""INT8: layers of a graph in whole numbers, and the gate that a finished model file passes."""
